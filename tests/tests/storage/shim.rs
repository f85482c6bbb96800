//! The one place with `unsafe` in this project: an SQLite VFS between the product and the ordinary unix one, for
//! tests alone and never shipped. It becomes the default of this test process, so that the product opens, locks and
//! syncs by its own code; a file below a folder with a `Disk` goes through that disk, every other file is given
//! to the ordinary VFS untouched.
//!
//! What holds throughout: SQLite calls a file's methods only between a successful `xOpen` and `xClose`, and gives
//! each file `szOsFile` bytes, of which the first are ours and the rest the ordinary VFS's own file.

use crate::disk::{Disk, FileKind, Op, Opened};
use rusqlite::ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::size_of;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Our part of an open file; the ordinary VFS's file lies right behind it.
#[repr(C)]
struct ShimFile {
    base: ffi::sqlite3_file,
    opened: *mut Opened,
}

struct Installed {
    real: *mut ffi::sqlite3_vfs,
}
// SAFETY: the ordinary VFS lives as long as the process, and SQLite itself calls it from any thread.
unsafe impl Send for Installed {}
// SAFETY: as above.
unsafe impl Sync for Installed {}

static INSTALLED: OnceLock<Installed> = OnceLock::new();

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    // 2: with shared memory, without memory-mapped reading, which no fault could reach.
    iVersion: 2,
    xClose: Some(x_close),
    xRead: Some(x_read),
    xWrite: Some(x_write),
    xTruncate: Some(x_truncate),
    xSync: Some(x_sync),
    xFileSize: Some(x_file_size),
    xLock: Some(x_lock),
    xUnlock: Some(x_unlock),
    xCheckReservedLock: Some(x_check_reserved_lock),
    xFileControl: Some(x_file_control),
    xSectorSize: Some(x_sector_size),
    xDeviceCharacteristics: Some(x_device_characteristics),
    xShmMap: Some(x_shm_map),
    xShmLock: Some(x_shm_lock),
    xShmBarrier: Some(x_shm_barrier),
    xShmUnmap: Some(x_shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Makes the shim this process's default VFS, once.
pub fn install() {
    INSTALLED.get_or_init(|| {
        // SAFETY: finding initialises SQLite; the answer is null or lives as long as the process. The copy keeps every
        // call of the ordinary VFS that is not replaced, with the data they look for, and is never freed.
        unsafe {
            let real = ffi::sqlite3_vfs_find(std::ptr::null());
            assert!(!real.is_null(), "no VFS");
            let mut shim = *real;
            let ours = c_int::try_from(size_of::<ShimFile>()).unwrap();
            shim.zName = c"faulty".as_ptr();
            shim.pNext = std::ptr::null_mut();
            shim.szOsFile += ours;
            shim.xOpen = Some(x_open);
            shim.xDelete = Some(x_delete);
            shim.xAccess = Some(x_access);
            let code = ffi::sqlite3_vfs_register(Box::into_raw(Box::new(shim)), 1);
            assert_eq!(code, ffi::SQLITE_OK);
            Installed { real }
        }
    });
}

fn real_vfs() -> *mut ffi::sqlite3_vfs {
    INSTALLED.get().map_or(std::ptr::null_mut(), |installed| installed.real)
}

/// Calls a method of the ordinary VFS; all of those used here are there.
macro_rules! real {
    ($vfs:ident . $call:ident ( $($argument:expr),* )) => {
        match (*$vfs).$call {
            Some(call) => call($vfs, $($argument),*),
            None => ffi::SQLITE_IOERR,
        }
    };
}

/// Calls a method of the ordinary VFS's file behind ours.
macro_rules! inner {
    ($file:ident . $call:ident ( $($argument:expr),* )) => {{
        let inner = $file.cast::<ShimFile>().add(1).cast::<ffi::sqlite3_file>();
        match (*(*inner).pMethods).$call {
            Some(call) => call(inner, $($argument),*),
            None => ffi::SQLITE_IOERR,
        }
    }};
}

/// Answers the fault due now, if any.
macro_rules! faulty {
    ($file:ident, $op:expr) => {
        if let Some(code) = opened($file).before($op) {
            return code;
        }
    };
}

/// What this shim knows of an open file.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a Opened {
    // SAFETY: `x_open` put it there, and `x_close` takes it away as the last call.
    unsafe { &*(*file.cast::<ShimFile>()).opened }
}

unsafe fn disk_of(name: *const c_char) -> Option<(Arc<Disk>, String)> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite gives a text ended by a zero, longer-lived than the call.
    let path = unsafe { CStr::from_ptr(name) }.to_str().ok()?;
    Disk::of(Path::new(path))
}

unsafe extern "C" fn x_open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    flags_out: *mut c_int,
) -> c_int {
    let real = real_vfs();
    // SAFETY: `file` has room for our part and the ordinary file; both are written before anything reads them.
    unsafe {
        let Some((disk, path)) = disk_of(name) else {
            // Not ours: the ordinary VFS takes the place from its beginning.
            return real!(real.xOpen(name, file, flags, flags_out));
        };
        (*file).pMethods = std::ptr::null();
        if let Some(code) = disk.before(Op::Open, &path) {
            return code;
        }
        let is_new = flags & ffi::SQLITE_OPEN_CREATE != 0 && !Path::new(&path).exists();
        let inner = file.cast::<ShimFile>().add(1).cast::<ffi::sqlite3_file>();
        let code = real!(real.xOpen(name, inner, flags, flags_out));
        if code != ffi::SQLITE_OK {
            return code;
        }
        let kind = if flags & ffi::SQLITE_OPEN_MAIN_DB != 0 {
            FileKind::Database
        } else if flags & ffi::SQLITE_OPEN_WAL != 0 {
            FileKind::Log
        } else {
            FileKind::Journal
        };
        let shim = file.cast::<ShimFile>();
        (*shim).opened = Box::into_raw(Box::new(disk.opened(&path, kind, is_new)));
        (*file).pMethods = &METHODS;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_delete(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    sync_folder: c_int,
) -> c_int {
    let real = real_vfs();
    // SAFETY: the arguments are handed on as they came.
    unsafe {
        let found = disk_of(name);
        if let Some((disk, path)) = &found
            && let Some(code) = disk.before(Op::Delete, path)
        {
            return code;
        }
        // A disk of ours has no need of the folder's sync: its own journal says what would be durable.
        let sync_now = if found.is_some() { 0 } else { sync_folder };
        let code = real!(real.xDelete(name, sync_now));
        if code == ffi::SQLITE_OK
            && let Some((disk, path)) = &found
        {
            disk.deleted(path, sync_folder != 0);
        }
        code
    }
}

unsafe extern "C" fn x_access(
    _: *mut ffi::sqlite3_vfs,
    name: *const c_char,
    flags: c_int,
    answer: *mut c_int,
) -> c_int {
    let real = real_vfs();
    // SAFETY: the arguments are handed on as they came.
    unsafe {
        if let Some((disk, path)) = disk_of(name)
            && let Some(code) = disk.before(Op::Access, &path)
        {
            return code;
        }
        real!(real.xAccess(name, flags, answer))
    }
}

unsafe extern "C" fn x_close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the last call on this file: what `x_open` made is taken back once.
    unsafe {
        let code = inner!(file.xClose());
        drop(Box::from_raw((*file.cast::<ShimFile>()).opened));
        code
    }
}

unsafe extern "C" fn x_read(
    file: *mut ffi::sqlite3_file,
    to: *mut c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: handed on.
    unsafe {
        faulty!(file, Op::Read);
        inner!(file.xRead(to, length, at))
    }
}

unsafe extern "C" fn x_write(
    file: *mut ffi::sqlite3_file,
    from: *const c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: SQLite lends `length` bytes for the call.
    unsafe {
        if let Some(code) = opened(file).before(Op::Write) {
            // What fails has often written a part: the first half of it is there.
            inner!(file.xWrite(from, length / 2, at));
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), (length / 2) as usize);
            opened(file).wrote(at, bytes);
            return code;
        }
        let code = inner!(file.xWrite(from, length, at));
        if code == ffi::SQLITE_OK {
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), length as usize);
            opened(file).wrote(at, bytes);
        }
        code
    }
}

unsafe extern "C" fn x_truncate(file: *mut ffi::sqlite3_file, size: ffi::sqlite3_int64) -> c_int {
    // SAFETY: handed on.
    unsafe {
        faulty!(file, Op::Truncate);
        let code = inner!(file.xTruncate(size));
        if code == ffi::SQLITE_OK {
            opened(file).truncated(size);
        }
        code
    }
}

unsafe extern "C" fn x_sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: the file is open. The ordinary sync is left out: what would survive is the journal's to say, and no
    // test here outlives its machine.
    unsafe {
        faulty!(file, Op::Sync);
        opened(file).synced();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn x_file_size(
    file: *mut ffi::sqlite3_file,
    size: *mut ffi::sqlite3_int64,
) -> c_int {
    // SAFETY: handed on.
    unsafe {
        faulty!(file, Op::Size);
        inner!(file.xFileSize(size))
    }
}

unsafe extern "C" fn x_lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: handed on.
    unsafe {
        faulty!(file, Op::Lock);
        inner!(file.xLock(level))
    }
}

unsafe extern "C" fn x_unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: handed on.
    unsafe { inner!(file.xUnlock(level)) }
}

unsafe extern "C" fn x_check_reserved_lock(
    file: *mut ffi::sqlite3_file,
    answer: *mut c_int,
) -> c_int {
    // SAFETY: handed on.
    unsafe {
        faulty!(file, Op::Lock);
        inner!(file.xCheckReservedLock(answer))
    }
}

unsafe extern "C" fn x_file_control(
    file: *mut ffi::sqlite3_file,
    what: c_int,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: handed on.
    unsafe { inner!(file.xFileControl(what, argument)) }
}

unsafe extern "C" fn x_sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: handed on.
    unsafe { inner!(file.xSectorSize()) }
}

unsafe extern "C" fn x_device_characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: handed on.
    unsafe { inner!(file.xDeviceCharacteristics()) }
}

unsafe extern "C" fn x_shm_map(
    file: *mut ffi::sqlite3_file,
    region: c_int,
    size: c_int,
    extend: c_int,
    to: *mut *mut c_void,
) -> c_int {
    // SAFETY: handed on.
    unsafe {
        let end = (i64::from(region) + 1) * i64::from(size);
        let op =
            if extend != 0 && opened(file).shared_bytes() < end { Op::ShmGrow } else { Op::ShmMap };
        if let Some(code) = opened(file).before(op) {
            *to = std::ptr::null_mut();
            return code;
        }
        inner!(file.xShmMap(region, size, extend, to))
    }
}

unsafe extern "C" fn x_shm_lock(
    file: *mut ffi::sqlite3_file,
    offset: c_int,
    count: c_int,
    flags: c_int,
) -> c_int {
    // SAFETY: handed on.
    unsafe {
        if flags & ffi::SQLITE_SHM_LOCK != 0 {
            faulty!(file, Op::ShmLock);
        }
        inner!(file.xShmLock(offset, count, flags))
    }
}

unsafe extern "C" fn x_shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: handed on.
    unsafe {
        let inner = file.cast::<ShimFile>().add(1).cast::<ffi::sqlite3_file>();
        if let Some(call) = (*(*inner).pMethods).xShmBarrier {
            call(inner);
        }
    }
}

unsafe extern "C" fn x_shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: handed on.
    unsafe { inner!(file.xShmUnmap(delete)) }
}
