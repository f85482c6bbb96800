//! The state of a run and its steps, and what must hold after each: nothing saved is lost while one holder lives,
//! nobody holds what nobody wrote, nobody is given what lies outside its units, and what is said to be uploaded
//! is on the server.

use super::dice::{Dice, seed_ids};
use super::hall::{carry, exchange};
use super::holder::{Back, DISTRICT, Fact, Facts, Holder, SERVER, VILLAGES, fact_of, unit};
use super::mortal::{Death, Fate, Mortal};
use super::network::{Checks, Network, Post, Weather};
use super::work::{self, Saved};
use ledger::UnitKey;
use std::collections::{BTreeMap, BTreeSet};
use sync::answer::Asker;
use sync::{Outcome, Pace, Start, SyncError, run};

/// Devices at once, clones among them.
const DEVICES_AT_ONCE: usize = 8;
/// Clocks claim times from the middle of 1970 to 2038, ms.
const CLOCKS_MS: [i64; 2] = [17_200_000_000, 2_147_483_000_000];
/// The server where devices have their place in the list.
pub const AT_SERVER: usize = usize::MAX;

/// What kind of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    pub steps: usize,
    pub checks: Checks,
    /// Guards of replicas in memory.
    pub guards: ledger::memory::Guards,
    /// Clocks say this many hours more than they would: nothing may depend on it.
    pub clocks_off_h: i64,
    /// No byte is changed on the way.
    pub is_clean: bool,
}

impl Default for Setup {
    fn default() -> Setup {
        Setup {
            steps: super::STEPS,
            checks: Checks::default(),
            guards: ledger::memory::Guards::default(),
            clocks_off_h: 0,
            is_clean: false,
        }
    }
}

pub struct Device<H> {
    pub n: u8,
    pub holder: H,
    pub scope: BTreeSet<UnitKey>,
    pub facts: Facts,
    clock_ms: i64,
    pace: Pace,
}

pub struct World<H: Holder> {
    pub server: H,
    pub server_facts: Facts,
    pub devices: Vec<Device<H>>,
    dice: Dice,
    setup: Setup,
    /// Devices of this run have an install mark beside their database.
    has_marks: bool,
    backups: Vec<(usize, H::Kept)>,
    post: Post,
    saved: Vec<Saved>,
    /// Every fact ever written, and by whom.
    written: BTreeMap<Fact, u8>,
    number: u64,
    /// Runs so far: no two ask with the same nonce.
    runs: u64,
    log: Vec<String>,
}

/// Every unit there is.
pub fn everything() -> BTreeSet<UnitKey> {
    VILLAGES.iter().chain([&DISTRICT]).map(|text| unit(text)).collect()
}

impl<H: Holder> World<H> {
    pub fn new(seed: u64, setup: &Setup) -> World<H> {
        let mut dice = Dice::new(seed);
        let server = H::server();
        let count = 2 + dice.below(DEVICES_AT_ONCE - 1) as u8;
        seed_ids(seed);
        let mut world = World {
            server_facts: server.facts(),
            server,
            devices: Vec::new(),
            has_marks: dice.percent(50),
            dice,
            setup: *setup,
            backups: Vec::new(),
            post: Post::default(),
            saved: Vec::new(),
            written: BTreeMap::new(),
            number: 0,
            runs: 0,
            log: Vec::new(),
        };
        world.written.extend(world.server_facts.keys().map(|fact| (fact.clone(), SERVER)));
        for n in 1..=count {
            let clock_ms = world.any_clock();
            let (holder, pace) = (H::device(n), Pace::default());
            let (facts, scope) = (holder.facts(), everything());
            world.devices.push(Device { n, holder, scope, facts, clock_ms, pace });
        }
        world.server.guard(setup.guards);
        world.devices.iter_mut().for_each(|device| device.holder.guard(setup.guards));
        world
    }

    fn any_clock(&mut self) -> i64 {
        let [first, last] = CLOCKS_MS;
        let span = (last - first - 3_600_000 * 24 * 400).unsigned_abs();
        let offset_ms = i64::try_from(self.dice.roll() % span).unwrap_or(0);
        first + offset_ms + self.setup.clocks_off_h * 3_600_000
    }

    /// The steps so far.
    pub fn story(&self) -> String {
        self.log.join(" ")
    }

    pub fn step(&mut self) -> Result<(), String> {
        let at = self.dice.below(self.devices.len());
        let other = self.dice.below(self.devices.len());
        let anyone = if self.dice.percent(25) { AT_SERVER } else { at };
        let kind = self.dice.below(100);
        let name = |at: usize| if at == AT_SERVER { "server".to_owned() } else { at.to_string() };
        let step = match kind {
            0..38 => "record",
            38..41 => "operator",
            41..68 => "sync",
            68..73 => "hall",
            73..81 => "keep",
            81..88 => "put back",
            88..91 => "clone",
            91..95 => "scope",
            95..97 => "clock",
            97..98 => "restart",
            _ => "decide",
        };
        self.log.push(format!("{step}:{}", name(if kind >= 73 { anyone } else { at })));
        match step {
            "record" => self.record(at),
            "operator" => self.add_operator(),
            "sync" => self.sync(at, false),
            "hall" => self.meet(at, other),
            "keep" => {
                let kept = self.holder(anyone).keep();
                self.backups.push((anyone, kept));
                Ok(())
            }
            "put back" => self.put_back(anyone),
            "clone" => self.clone_device(at),
            "scope" => self.change_scope(at),
            "clock" => {
                self.devices[at].clock_ms = self.any_clock();
                Ok(())
            }
            "restart" => {
                self.holder(anyone).restart();
                self.look(anyone, false)
            }
            _ => self.decide(),
        }
    }

    fn holder(&mut self, at: usize) -> &mut H {
        if at == AT_SERVER { &mut self.server } else { &mut self.devices[at].holder }
    }

    fn record(&mut self, at: usize) -> Result<(), String> {
        for _ in 0..=self.dice.below(3) {
            self.number += 1;
            let device = &mut self.devices[at];
            // A device's clock goes on; it is a claim and no more.
            device.clock_ms += 60_000;
            let (number, policy) = (self.number, device.holder.here().policy);
            let mut written = work::write(&mut self.dice, number, device.clock_ms, &self.saved);
            written.entry.header.policy = policy;
            let village = VILLAGES[written.village];
            let saved = device.holder.record(village, &written.entry);
            let reference = saved.map_err(|error| format!("record: {error}"))?;
            let (fact, _) = fact_of(unit(village), &written.entry.encode());
            self.written.insert(fact, device.n);
            self.saved.extend(written.saved(reference));
        }
        self.look(at, false)
    }

    fn add_operator(&mut self) -> Result<(), String> {
        self.number += 1;
        let entry = match self.number % 3 {
            0 if H::HAS_POLICIES => work::retirement(self.number),
            _ => work::operator(self.number),
        };
        self.server.record(DISTRICT, &entry).map_err(|error| format!("operator: {error}"))?;
        self.written.insert(fact_of(unit(DISTRICT), &entry.encode()).0, SERVER);
        self.look(AT_SERVER, false)
    }

    fn decide(&mut self) -> Result<(), String> {
        let which = self.dice.below(1_000);
        self.server.decide(which).map_err(|error| format!("decide: {error}"))?;
        self.look(AT_SERVER, false)
    }

    fn put_back(&mut self, at: usize) -> Result<(), String> {
        let of: Vec<usize> = (0..self.backups.len()).filter(|i| self.backups[*i].0 == at).collect();
        if of.is_empty() {
            return Ok(());
        }
        let kept = self.backups[*self.dice.pick(&of)].1.clone();
        let is_said = if at == AT_SERVER { self.dice.percent(50) } else { self.has_marks };
        self.holder(at).put_back(&kept, if is_said { Back::Said } else { Back::Unsaid });
        self.look(at, true)
    }

    fn clone_device(&mut self, at: usize) -> Result<(), String> {
        if self.devices.len() >= DEVICES_AT_ONCE {
            return Ok(());
        }
        let clock_ms = self.any_clock();
        let device = &mut self.devices[at];
        let holder = device.holder.cloned();
        let (n, scope, facts) = (device.n, device.scope.clone(), holder.facts());
        self.devices.push(Device { n, holder, scope, facts, clock_ms, pace: Pace::default() });
        Ok(())
    }

    /// A coordinator gives a device some of its villages, for it and its clones; or revokes it, or lets it in again.
    fn change_scope(&mut self, at: usize) -> Result<(), String> {
        let mut scope: BTreeSet<UnitKey> = BTreeSet::from([unit(DISTRICT)]);
        scope.extend(VILLAGES.iter().filter(|_| self.dice.percent(60)).map(|text| unit(text)));
        let n = self.devices[at].n;
        if H::HAS_POLICIES {
            let mut units: Vec<UnitKey> =
                scope.into_iter().filter(|unit| unit.as_str() != DISTRICT).collect();
            if units.is_empty() {
                units.push(unit(VILLAGES[0]));
            }
            let said = match self.log.len() % 4 {
                0 => self.server.revoke(n),
                1 => self.server.enrol(n, &units),
                _ => self.server.change_scope(n, &units),
            };
            said.map_err(|error| format!("scope: {error}"))?;
            return self.look(AT_SERVER, false);
        }
        for device in self.devices.iter_mut().filter(|device| device.n == n) {
            device.scope.clone_from(&scope);
        }
        Ok(())
    }

    /// Everybody is let in everywhere, revoked devices too.
    pub fn widen_scopes(&mut self) -> Result<(), String> {
        if H::HAS_POLICIES {
            let devices: BTreeSet<u8> = self.devices.iter().map(|device| device.n).collect();
            for n in devices {
                let enrolled = self.server.enrol(n, &VILLAGES.map(unit));
                enrolled.map_err(|error| format!("enrol: {error}"))?;
            }
            self.look(AT_SERVER, false)?;
        }
        self.devices.iter_mut().for_each(|device| device.scope = everything());
        Ok(())
    }

    /// False where a revocation came back, by whoever knew it, after everybody was let in.
    pub fn is_everyone_let_in(&self) -> bool {
        let all = everything();
        let mut numbers = self.devices.iter().map(|device| device.n);
        !H::HAS_POLICIES || numbers.all(|n| self.server.units_of(n) == all)
    }

    fn meet(&mut self, giver: usize, taker: usize) -> Result<(), String> {
        if giver == taker {
            return Ok(());
        }
        if H::HAS_POLICIES {
            return self.exchange(giver, taker);
        }
        let units = self.devices[taker].scope.clone();
        let [giver_of, taker_of] = self
            .devices
            .get_disjoint_mut([giver, taker])
            .map_err(|error| format!("hall: {error}"))?;
        carry(&mut giver_of.holder, &mut taker_of.holder, &units)
            .map_err(|error| format!("hall: {error}"))?;
        self.look(giver, false)?;
        self.look(taker, false)
    }

    /// Two devices exchange by what each knows of the other, after both know the newer of what either knew; either may
    /// die in it.
    fn exchange(&mut self, one: usize, other: usize) -> Result<(), String> {
        let deaths = [self.death(20), self.death(20)];
        let both = self.devices.get_disjoint_mut([one, other]);
        let [one_of, other_of] = both.map_err(|error| format!("hall: {error}"))?;
        let (mut a, mut b) = (
            Mortal::new(&mut one_of.holder, deaths[0]),
            Mortal::new(&mut other_of.holder, deaths[1]),
        );
        let ended = exchange((&mut a, one_of.n), (&mut b, other_of.n));
        let (is_a_dead, is_b_dead) = (a.is_dead, b.is_dead);
        match ended {
            Ok(()) | Err(Fate::Died) => {}
            Err(Fate::Real(error)) => return Err(format!("hall: {error}")),
        }
        if is_a_dead {
            one_of.holder.restart();
        }
        if is_b_dead {
            other_of.holder.restart();
        }
        let before = [one_of.scope.clone(), other_of.scope.clone()];
        let given = [other_of.holder.units_of(one_of.n), one_of.holder.units_of(other_of.n)];
        for (device, given) in [one_of, other_of].into_iter().zip(given) {
            device.scope.extend(given);
            device.scope.insert(unit(DISTRICT));
        }
        self.look(one, false)?;
        self.look(other, false)?;
        let [one_before, other_before] = before;
        (self.devices[one].scope, self.devices[other].scope) = (one_before, other_before);
        Ok(())
    }

    fn death(&mut self, percent: usize) -> Option<Death> {
        self.dice.percent(percent).then(|| Death {
            after_writes: self.dice.below(5) as u32,
            is_last_committed: self.dice.percent(50),
        })
    }

    /// One run of a device with the server; `is_calm`: nothing goes wrong on the way.
    pub fn sync(&mut self, at: usize, is_calm: bool) -> Result<(), String> {
        let bad = [0, 0, 10, 30, 60];
        let weather = Weather {
            faults: *self.dice.pick(&bad),
            cut_after: self.dice.percent(20).then(|| self.dice.below(12)),
            is_clean: self.setup.is_clean,
        };
        let weather = if is_calm { Weather::default() } else { weather };
        let deaths = if is_calm { [None; 2] } else { [self.death(20), self.death(15)] };
        let writes_left =
            if is_calm || self.dice.percent(90) { usize::MAX } else { self.dice.below(3) };
        self.runs += 1;
        let units = self.server.units_of(self.devices[at].n);
        let device = &mut self.devices[at];
        let start = Start {
            server_public_key: ledger::public_key(&self.server.signer()),
            seen: device.holder.seen(),
            unix_ms: device.clock_ms,
            unsent: device.holder.unsent(),
            pace: device.pace,
            first_units: vec![unit(DISTRICT)],
            push_only: false,
            nonce: ((u128::from(self.runs) << 8) | u128::from(device.n)).to_be_bytes(),
        };
        let mut network = Network {
            server: &mut self.server,
            asker: Asker {
                device: [device.n; 16],
                scope: if H::HAS_POLICIES { units } else { device.scope.clone() },
                may_pull: true,
            },
            dice: &mut self.dice,
            post: &mut self.post,
            weather,
            checks: self.setup.checks,
            death: deaths[1],
            calls: 0,
            given: BTreeSet::new(),
            failed: None,
        };
        let mut mortal = Mortal::new(&mut device.holder, deaths[0]);
        let ended = run(&mut mortal, &mut network, &start);
        let has_died = mortal.is_dead;
        if let Some(failed) = network.failed {
            return Err(failed);
        }
        let (given, now) = (network.given, network.asker.scope);
        if H::HAS_POLICIES {
            device.scope = given;
        }
        let went_well = ended.is_ok() && !has_died;
        let outcome = match ended {
            Ok(outcome) => outcome,
            Err(stopped) => match stopped.error {
                SyncError::Replica(Fate::Real(error)) => return Err(format!("sync: {error}")),
                SyncError::Carrier(error) if is_calm => return Err(format!("calm sync: {error}")),
                SyncError::Replica(Fate::Died) | SyncError::Carrier(_) => *stopped.outcome,
                SyncError::Compression => return Err("compression".to_owned()),
            },
        };
        device.pace = outcome.pace;
        let refused = outcome.refused.iter().map(|r| format!("({at} {} {})", r.key, r.reason));
        self.log.extend(refused);
        if !has_died {
            let kept = device.holder.remember(&outcome, writes_left);
            kept.map_err(|error| format!("remember: {error}"))?;
        }
        if has_died || writes_left < usize::MAX {
            device.holder.restart();
        }
        if went_well && outcome.is_certificate_news && !outcome.push_only {
            self.show(at)?;
        }
        self.is_uploaded_as_said(at, &outcome)?;
        self.look(AT_SERVER, false)?;
        self.look(at, false)?;
        if H::HAS_POLICIES {
            self.devices[at].scope = now;
        }
        Ok(())
    }

    /// A device that heard of an older policy than its certificate is shows the certificate, as `field` does.
    fn show(&mut self, at: usize) -> Result<(), String> {
        let device = &self.devices[at].holder;
        let own = device.own_writer().map_err(|error| error.to_string())?;
        let pair = device.certificates(&own).map_err(|error| error.to_string())?;
        if let Some((certificate, _)) = pair {
            self.server.show(&certificate).map_err(|error| format!("show: {error}"))?;
        }
        Ok(())
    }

    /// 已上传 is said of nothing the server does not have.
    fn is_uploaded_as_said(&self, at: usize, outcome: &Outcome) -> Result<(), String> {
        let device = &self.devices[at].holder;
        for (key, head) in &outcome.server_heads {
            let here = device.chain_at(key, head.seq).map_err(|error| error.to_string())?;
            let there = self.server.chain_at(key, head.seq).map_err(|error| error.to_string())?;
            if here == Some(head.chain) && there != here {
                return Err(format!("{at}: {key} is said to be uploaded up to {}", head.seq));
            }
        }
        Ok(())
    }

    /// What a step changed at one holder, against what must hold. `may_lose`: its disk was replaced.
    pub fn look(&mut self, at: usize, may_lose: bool) -> Result<(), String> {
        let now = self.holder(at).facts();
        let before = if at == AT_SERVER {
            std::mem::replace(&mut self.server_facts, now.clone())
        } else {
            std::mem::replace(&mut self.devices[at].facts, now.clone())
        };
        for (fact, is_decision) in now.iter().filter(|(fact, _)| !before.contains_key(*fact)) {
            match self.written.get(fact) {
                Some(_) => {}
                None if at == AT_SERVER && *is_decision => {
                    self.written.insert(fact.clone(), SERVER);
                }
                None => return Err(format!("{at}: nobody wrote what it holds in {}", fact.0)),
            }
            // A put-back disk holds what it may have held then.
            if at != AT_SERVER && !may_lose {
                let device = &self.devices[at];
                if !device.scope.contains(&fact.0) && self.written.get(fact) != Some(&device.n) {
                    return Err(format!("{at} was given something in {}", fact.0));
                }
            }
        }
        let lost = before.keys().filter(|fact| !now.contains_key(*fact));
        let lost = lost.filter(|fact| !may_lose && !self.is_held_anywhere(fact));
        match lost.count() {
            0 => Ok(()),
            many => Err(format!("{at}: {many} facts are lost")),
        }
    }

    fn is_held_anywhere(&self, fact: &Fact) -> bool {
        let on_devices = self.devices.iter().any(|device| device.facts.contains_key(fact));
        on_devices || self.server_facts.contains_key(fact)
    }
}
