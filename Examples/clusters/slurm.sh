#!/bin/bash
#SBATCH --job-name=batch
#SBATCH --array=1-4
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@120
# sbatch slurm.sh EXPERIMENT.json OUT — four tasks, each a quarter of the rows; another count: sbatch --array=1-16.
# Two minutes before its time is up Slurm sends SIGUSR1. The program then ends with 75, and the task goes on in a new turn.

pipeline-run batch "$1" --out "$2" --shard auto &
child=$!
trap 'kill -USR1 $child' USR1
# SIGTERM Slurm sends to the program, too. A signal ends the first wait; the second one waits for the program, or tells the
# code it has ended with.
trap : TERM
wait $child
wait $child
code=$?
if [ $code = 75 ]; then scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; fi
exit $code
