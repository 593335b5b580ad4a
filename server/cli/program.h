// The assay program: its commands and options.
#pragma once

namespace assay {

/// Runs the command that the arguments name. Status: 0 done, 1 failed, 2 wrong usage, settings or workflow definitions.
int run_program(int argc, char** argv);

}  // namespace assay
