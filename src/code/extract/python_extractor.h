#pragma once

#include <string_view>

#include "alluvium/frame/column.h"
#include "alluvium/frame/data_type.h"
#include "alluvium/udf/scalar_function.h"
#include "code/extract/file_facts.h"

namespace alluvium::code {

/// Returns the facts of the Python file whose content is `bytes`, which must outlive them. Content
/// never makes it throw: what can't be read is in the diagnostics.
///
/// Thread-safety: may be called from many threads.
FileFacts extract_python(std::string_view bytes, const ExtractLimits& limits);

/// The struct type that holds one file's facts, in the order of `FileFacts`.
DataType python_facts_type();

/// Appends `facts` as one value of `python_facts_type()`.
void append_python_facts(const FileFacts& facts, ColumnBuilder& column);

/// The SQL function `parse_python(content binary) -> struct`.
ScalarFunction parse_python_function(ExtractLimits limits = {});

}  // namespace alluvium::code
