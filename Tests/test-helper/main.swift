import PipelineKit
import Stages

// What stages under test have done by a process of its own; tests cannot be run again as one.
HelperProgram.serve(StandardStages.helperTasks)
