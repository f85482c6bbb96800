//! tmp
use stories::sim::{Disk, Memory, Setup, simulate};
#[test]
fn measure() {
    let from: u64 = std::env::var("FROM").map_or(0, |t| t.parse().unwrap());
    let n: u64 = std::env::var("N").map_or(10, |t| t.parse().unwrap());
    for kind in ["disk", "memory"] {
        if std::env::var("KIND").is_ok_and(|k| k != kind) {
            continue;
        }
        let t = std::time::Instant::now();
        let mut bad = 0;
        for seed in from..from + n {
            let r = if kind == "disk" {
                simulate::<Disk>(seed, &Setup::default())
            } else {
                simulate::<Memory>(seed, &Setup::default())
            };
            if let Err(e) = r {
                bad += 1;
                if bad < 6 {
                    println!("{kind} {seed}: {e}");
                }
            }
        }
        println!("{kind}: {n} seeds {bad} bad {:?}", t.elapsed());
    }
}
