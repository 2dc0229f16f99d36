// Empty on purpose: this crate only names archives to fetch.
