//! Arrays lent to a kernel for the length of one call: most are pointed to as they lie, without the
//! reference counts and allocations of an export.

use std::ffi::c_void;
use std::ptr;

use arrow::array::{Array, ArrayRef, AsArray, downcast_primitive_array};
use arrow::datatypes::DataType;
use arrow::ffi::FFI_ArrowArray;

use crate::ffi;

/// `ArrowArray` of the Arrow C data interface.
#[repr(C)]
struct RawArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *mut *mut RawArray,
    dictionary: *mut RawArray,
    release: Option<unsafe extern "C" fn(*mut RawArray)>,
    private_data: *mut c_void,
}

type Buffers = [*const c_void; 3];

/// The arguments of one call. What they point to must outlive it.
#[derive(Default)]
pub struct Lent {
    raw: Vec<RawArray>,
    buffers: Vec<Buffers>,
    /// The arrays that can't be pointed to, by their positions in `raw`.
    exported: Vec<(usize, FFI_ArrowArray)>,
}

impl Lent {
    pub fn with_capacity(count: usize) -> Self {
        Self {
            raw: Vec::with_capacity(count),
            buffers: Vec::with_capacity(count),
            exported: Vec::new(),
        }
    }

    /// Lends `array`, which the caller keeps.
    pub fn push(&mut self, array: &ArrayRef) {
        let lain = Self::buffers_of(array);
        if lain.is_none() {
            self.push_owned(array);
            return;
        }
        let (count, buffers) = lain.unwrap_or_default();
        self.buffers.push(buffers);
        self.raw.push(RawArray {
            length: signed(array.len()),
            null_count: signed(array.null_count()),
            offset: 0,
            n_buffers: count,
            n_children: 0,
            buffers: ptr::null(),
            children: ptr::null_mut(),
            dictionary: ptr::null_mut(),
            release: Some(keep),
            private_data: ptr::null_mut(),
        });
    }

    /// Lends `array` and keeps it alive.
    pub fn push_owned(&mut self, array: &ArrayRef) {
        let exported = FFI_ArrowArray::new(&array.to_data());
        // SAFETY: both are the C struct; the copy is released by nobody, the original by its drop.
        let raw = unsafe { ptr::read((&raw const exported).cast::<RawArray>()) };
        self.buffers.push([ptr::null(); 3]);
        self.exported.push((self.raw.len(), exported));
        self.raw.push(raw);
    }

    /// The arrays, side by side, as long as this lives.
    pub fn as_mut_ptr(&mut self) -> *mut ffi::ArrowArray {
        let mut exported = self.exported.iter().map(|(index, _)| *index).peekable();
        for (index, (raw, buffers)) in self.raw.iter_mut().zip(&self.buffers).enumerate() {
            if exported.next_if_eq(&index).is_none() {
                raw.buffers = buffers.as_ptr();
            }
        }
        self.raw.as_mut_ptr().cast()
    }

    /// The number of buffers and what they begin with; none where they begin at an offset, or are of
    /// another kind.
    fn buffers_of(array: &ArrayRef) -> Option<(i64, Buffers)> {
        let validity: *const c_void = match array.nulls() {
            None => ptr::null(),
            Some(nulls) if nulls.offset() == 0 => nulls.validity().as_ptr().cast(),
            Some(_) => return None,
        };
        let array = array.as_ref();
        downcast_primitive_array!(
            array => Some((2, [validity, array.values().inner().as_ptr().cast(), ptr::null()])),
            DataType::Utf8 => {
                let text = array.as_string::<i32>();
                let offsets = text.offsets().as_ptr().cast();
                Some((3, [validity, offsets, text.values().as_ptr().cast()]))
            }
            _ => None,
        )
    }
}

/// A lent array is not the receiver's to free.
unsafe extern "C" fn keep(array: *mut RawArray) {
    // SAFETY: the interface calls this with the array itself.
    unsafe { (*array).release = None };
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
