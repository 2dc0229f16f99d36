#include "cli/exit_code.h"

namespace alluvium::cli {

ExitCode exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return ExitCode::Usage;
    case ErrorCode::InvalidQuery:
    case ErrorCode::FunctionFailed:
      return ExitCode::Query;
    case ErrorCode::PolicyViolation:
      return ExitCode::Policy;
    case ErrorCode::NotFound:
      return ExitCode::NotFound;
    case ErrorCode::AlreadyExists:
    case ErrorCode::CommitConflict:
      return ExitCode::Conflict;
    case ErrorCode::ResourceExhausted:
    case ErrorCode::DeadlineExceeded:
      return ExitCode::Limit;
    case ErrorCode::Io:
    case ErrorCode::CommitStateUnknown:
      return ExitCode::Io;
    case ErrorCode::SchemaMismatch:
    case ErrorCode::ConstraintViolation:
    case ErrorCode::Unsupported:
    case ErrorCode::Corruption:
      return ExitCode::Data;
    case ErrorCode::Cancelled:
      return ExitCode::Cancelled;
    case ErrorCode::Internal:
      return ExitCode::Failure;
  }
  return ExitCode::Failure;
}

std::string exit_code_help() {
  return R"(Exit codes:
    0  success
    1  an internal fault, or a failure that fits none of the others (Internal)
    2  the command line, or an argument, can't be used (InvalidArgument)
    3  the query doesn't parse, resolve or type-check, or a function in it failed
       (InvalidQuery, FunctionFailed)
    4  refused by policy: a write, or something outside of the lake (PolicyViolation)
    5  no such lake, table, column or file (NotFound)
    6  taken, or another run is under way; retry later or use --wait
       (CommitConflict, AlreadyExists)
    7  a memory, spill or time cap was reached (ResourceExhausted, DeadlineExceeded)
    8  reading or writing storage failed (Io, CommitStateUnknown)
    9  the data can't be served: corrupt, of another schema or of a newer format
       (Corruption, SchemaMismatch, ConstraintViolation, Unsupported)
  130  cancelled by Ctrl-C (143: by SIGTERM)
  141  whoever read the output closed it, as in `alluvium sql ... | head`
)";
}

}  // namespace alluvium::cli
