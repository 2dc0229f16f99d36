//! Arrow types as documents: the format strings of the C data interface, with children.

use std::collections::HashMap;

use arrow::datatypes::{DataType, Field};
use arrow::ffi::FFI_ArrowSchema;
use serde::Deserialize;

use crate::failure::Result;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypeDoc {
    format: String,
    #[serde(default)]
    children: Vec<FieldDoc>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDoc {
    name: String,
    #[serde(rename = "type")]
    data_type: TypeDoc,
    nullable: bool,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

impl TypeDoc {
    pub fn data_type(&self) -> Result<DataType> {
        if self.format == "dictionary" && self.children.len() == 2 {
            return Ok(DataType::Dictionary(
                Box::new(self.children[0].data_type.data_type()?),
                Box::new(self.children[1].data_type.data_type()?),
            ));
        }
        let children = self
            .children
            .iter()
            .map(|child| Ok(FFI_ArrowSchema::try_from(&child.field()?)?))
            .collect::<Result<Vec<_>>>()?;
        let schema = FFI_ArrowSchema::try_new(&self.format, children, None)?;
        Ok(DataType::try_from(&schema)?)
    }
}

impl FieldDoc {
    /// The field that a document, as text, describes.
    pub fn parse(document: &str) -> Result<Field> {
        serde_json::from_str::<Self>(document)?.field()
    }

    fn field(&self) -> Result<Field> {
        let field = Field::new(&self.name, self.data_type.data_type()?, self.nullable);
        Ok(field.with_metadata(self.metadata.clone()))
    }
}
