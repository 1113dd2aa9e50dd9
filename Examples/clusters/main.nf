// nextflow run main.nf --experiment EXPERIMENT.json --out out
params.out = 'out'
params.shards = 4

process shard {
    cpus 1
    maxRetries 3
    errorStrategy { task.exitStatus in [75, 137, 143] ? 'retry' : 'finish' }

    input: val index
    output: val index

    // Results lie in one folder that is gone on with, not in the task's own.
    script:
    """
    OMP_NUM_THREADS=${task.cpus} pipeline-run batch ${file(params.experiment)} --out ${file(params.out)} \\
      --shard ${index}/${params.shards}
    """
}

process merge {
    input: val indexes

    script:
    "pipeline-run batch merge ${file(params.out)}"
}

workflow {
    Channel.of(1..params.shards) | shard | collect | merge
}
