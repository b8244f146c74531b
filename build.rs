//! Makes cargo notice new migrations, which are embedded in the binary.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
