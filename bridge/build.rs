//! Generates and compiles the C++ half of the bridge; the headers land in `cxxbridge/include` of
//! the build folder.

fn main() -> Result<(), std::env::VarError> {
    // Asked for as it runs: checkouts that share Cargo's output share the compiled script.
    let root = std::env::var("CARGO_MANIFEST_DIR")? + "/..";
    cxx_build::bridge("src/lib.rs")
        .std("c++20")
        .include(format!("{root}/include"))
        .include(format!("{root}/src"))
        .compile("alluvium_bridge_cxx");
    for watched in
        ["bridge/src/lib.rs", "src/bridge/native_function.h", "include/alluvium/frame/arrow_c.h"]
    {
        println!("cargo:rerun-if-changed={root}/{watched}");
    }
    Ok(())
}
