//! Disks that fail at any moment and power that goes at any moment, under the product's own code and SQLCipher: a VFS
//! for tests alone stands between them and the file system.

mod disk;
mod faults;
mod faults_backup;
mod faults_files;
mod lost;
mod nth;
mod old;
mod power;
mod replicas;
mod shim;
