#pragma once

#include <vector>

#include "alluvium/frame/record_batch.h"
#include "code/resolve/program.h"

namespace alluvium::code {

/// Answers every question that references ask beyond their own file (`FileInterface::lookups`).
///
/// Questions, by `kind`:
///   import  what the name that an import binds stands for
///   star    what `name` stands for that only a star import can have bound
///   value   the attribute `name` of a value
///   name    an attribute `name` of something that nothing is known about
///
/// Answers, by `resolution` (confidence), a definition where there is one in the repository:
///   import     by names and imports alone (1)
///   star       through a star import of the file (1)
///   member     of a known class (0.9: a subclass may have another; 0.8 where it is inferred)
///   self       of the class around it or its bases, through `self` or `cls` (0.9)
///   super      of a base, through `super()` (0.9)
///   annotated  of an instance of the class that an annotation or isinstance() names (0.9)
///   inferred   of an instance that was made, returned or assigned (0.8)
///   name_only  nothing is known but the name, and the repository has exactly one class, function
///              or method so called that can be an attribute (0.3)
/// and without a definition:
///   attribute  of a known object, set on instances (1)
///   module     a module of the repository (1)
///   builtin, external (1)
///   unresolved (0)
/// Where an object may be several things, the confidence is shared among the definitions that they
/// have; the first by confidence and id is the answer.
///
/// Beside the answers (`kind` is `lookup`), what else the resolution knows, as rows without a
/// lookup_id. Of definitions: `base` (of the class owner_def_id, in order), `override` (the method
/// owner_def_id is taken by def_id in a subclass), `decorator` (of owner_def_id, from the top),
/// `construct` (def_id is called when the class owner_def_id is). And of each file, `file`: its
/// `resolution` is a hash of all answers to the file's questions, so that two runs tell which
/// files' references may have other targets.
///
/// Columns: repo, kind, file_id (of the owner; null for an answer, which many files may share),
/// lookup_id, owner_def_id, def_id, resolution, confidence, ordinal.
std::vector<RecordBatch> answer_lookups(const Program& program);

}  // namespace alluvium::code
