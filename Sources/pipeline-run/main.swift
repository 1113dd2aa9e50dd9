print("pipeline-run")
