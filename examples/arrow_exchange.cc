// Hands a result to another Arrow library (here nanoarrow) and takes one back, both through the
// Arrow C stream interface: nothing is copied, and each side releases what it was given.
// link: alluvium_nanoarrow

#include <iostream>
#include <nanoarrow/nanoarrow.hpp>

#include "alluvium/catalog/io_adapter.h"
#include "alluvium/frame/arrow_c.h"

int main() {
  const alluvium::Session session = alluvium::RuntimeProfile{}.open_session();

  // Out: the engine runs as nanoarrow pulls.
  nanoarrow::UniqueArrayStream stream;
  session.sql("SELECT * FROM (VALUES (1), (2), (3)) AS t(n)").stream().export_to(stream.get());
  nanoarrow::UniqueSchema schema;
  NANOARROW_THROW_NOT_OK(ArrowArrayStreamGetSchema(stream.get(), schema.get(), nullptr));
  std::int64_t sum = 0;
  while (true) {
    nanoarrow::UniqueArray array;
    NANOARROW_THROW_NOT_OK(ArrowArrayStreamGetNext(stream.get(), array.get(), nullptr));
    if (array->release == nullptr) break;
    nanoarrow::UniqueArrayView view;
    NANOARROW_THROW_NOT_OK(ArrowArrayViewInitFromSchema(view.get(), schema.get(), nullptr));
    NANOARROW_THROW_NOT_OK(ArrowArrayViewSetArray(view.get(), array.get(), nullptr));
    for (std::int64_t row = 0; row < array->length; ++row) {
      sum += ArrowArrayViewGetIntUnsafe(view->children[0], row);
    }
  }
  std::cout << "nanoarrow read a sum of " << sum << '\n';

  // Back: an array that nanoarrow built becomes a table.
  nanoarrow::UniqueSchema built_schema;
  ArrowSchemaInit(built_schema.get());
  NANOARROW_THROW_NOT_OK(ArrowSchemaSetTypeStruct(built_schema.get(), 1));
  NANOARROW_THROW_NOT_OK(ArrowSchemaSetType(built_schema->children[0], NANOARROW_TYPE_INT64));
  NANOARROW_THROW_NOT_OK(ArrowSchemaSetName(built_schema->children[0], "sum"));
  nanoarrow::UniqueArray built;
  NANOARROW_THROW_NOT_OK(ArrowArrayInitFromSchema(built.get(), built_schema.get(), nullptr));
  NANOARROW_THROW_NOT_OK(ArrowArrayStartAppending(built.get()));
  NANOARROW_THROW_NOT_OK(ArrowArrayAppendInt(built->children[0], sum));
  NANOARROW_THROW_NOT_OK(ArrowArrayFinishElement(built.get()));
  NANOARROW_THROW_NOT_OK(ArrowArrayFinishBuildingDefault(built.get(), nullptr));

  alluvium::IoAdapter adapter(session);
  adapter.register_record_batches(
      "sums", {alluvium::RecordBatch::import_from(built.get(), built_schema.get())});
  std::cout << session.table("sums").to_string() << '\n';
}
