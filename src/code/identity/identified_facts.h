#pragma once

#include "alluvium/frame/data_type.h"

namespace alluvium::code {

/// The type of a file's facts after `identify_facts`: a struct of lists in which every row has its
/// id, and names other rows by theirs. Tables are projections of it; see identified_facts.cc for
/// the fields.
DataType identified_facts_type();

/// The type of a call's arguments in those facts, and in the table `calls`.
DataType call_arguments_type();

}  // namespace alluvium::code
