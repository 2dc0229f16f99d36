#include "code/scip/scip_tables.h"

#include <vector>

#include "alluvium/catalog/io_adapter.h"
#include "code/scip/scip_facts.h"

namespace alluvium::code {

void register_no_scip(const Session& session) {
  const Schema schema{.fields = {{"repo", utf8()},
                                 {"part", int64()},
                                 {"is_document", boolean()},
                                 {"file_id", utf8()},
                                 {"path", utf8()},
                                 {"is_listed", boolean()},
                                 {"s", scip_facts_type()}}};
  IoAdapter(session).register_record_batches("scip_facts", schema,
                                             std::vector<std::vector<RecordBatch>>{});
}

}  // namespace alluvium::code
