// PipelineTesting
