//! The peer revm of the differential campaign: cases on the standard input, a line for each on the
//! standard output.  The form of a case is described in ../case.h.
use alloy_eip2930::{AccessList, AccessListItem};
use alloy_eip7702::{Authorization, SignedAuthorization};
use alloy_trie::root::{state_root_unhashed, storage_root_unhashed};
use alloy_trie::TrieAccount;
use revm::context::either::Either;
use revm::context::result::{ExecutionResult, Output};
use revm::context::{BlockEnv, CfgEnv, Context, TxEnv};
use revm::context_interface::block::BlobExcessGasAndPrice;
use revm::database::{AccountState, CacheDB, EmptyDB};
use revm::primitives::hardfork::SpecId;
use revm::primitives::{keccak256, Address, Bytes, Log, TxKind, B256, KECCAK_EMPTY, U256};
use revm::state::{AccountInfo, Bytecode};
use revm::{DatabaseCommit, ExecuteEvm, MainBuilder, MainContext};
use std::io::{self, Read, Write};

struct Cursor<'a> {
    at: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn bytes(&mut self, n: usize) -> &'a [u8] {
        let (head, rest) = self.at.split_at(n);
        self.at = rest;
        head
    }
    fn u8(&mut self) -> u8 {
        self.bytes(1)[0]
    }
    fn u16(&mut self) -> u16 {
        u16::from_be_bytes(self.bytes(2).try_into().unwrap())
    }
    fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.bytes(8).try_into().unwrap())
    }
    fn word(&mut self) -> U256 {
        U256::from_be_slice(self.bytes(32))
    }
    fn hash(&mut self) -> B256 {
        B256::from_slice(self.bytes(32))
    }
    fn address(&mut self) -> Address {
        Address::from_slice(self.bytes(20))
    }
    fn blob(&mut self) -> &'a [u8] {
        let n = u32::from_be_bytes(self.bytes(4).try_into().unwrap());
        self.bytes(n as usize)
    }
}

/// The forks by their numbers in eth/fork.h; this revm knows no Constantinople.
fn spec(fork: u8) -> Option<SpecId> {
    Some(match fork {
        0 => SpecId::FRONTIER,
        1 => SpecId::HOMESTEAD,
        2 => SpecId::TANGERINE,
        3 => SpecId::SPURIOUS_DRAGON,
        4 => SpecId::BYZANTIUM,
        6 => SpecId::PETERSBURG,
        7 | 8 => SpecId::ISTANBUL,
        9 => SpecId::BERLIN,
        10..=12 => SpecId::LONDON,
        13 => SpecId::MERGE,
        14 => SpecId::SHANGHAI,
        15 => SpecId::CANCUN,
        16 => SpecId::PRAGUE,
        17 => SpecId::OSAKA,
        _ => return None,
    })
}

fn read_pre(c: &mut Cursor) -> CacheDB<EmptyDB> {
    let mut db = CacheDB::new(EmptyDB::default());
    for _ in 0..c.u16() {
        let address = c.address();
        let nonce = c.u64();
        let balance = c.word();
        let code = c.blob().to_vec();
        let code = Bytecode::new_raw_checked(Bytes::from(code.clone()))
            .unwrap_or_else(|_| Bytecode::new_legacy(Bytes::from(code)));
        let mut info = AccountInfo::from_bytecode(code).with_balance(balance);
        info.nonce = nonce;
        db.insert_account_info(address, info);
        for _ in 0..c.u16() {
            let key = c.word();
            let value = c.word();
            db.insert_account_storage(address, key, value).unwrap();
        }
    }
    db
}

fn read_tx(c: &mut Cursor) -> TxEnv {
    let mut tx = TxEnv { tx_type: c.u8(), chain_id: Some(1), ..Default::default() };
    tx.caller = c.address();
    tx.nonce = c.u64();
    tx.gas_limit = c.u64();
    tx.gas_price = c.word().saturating_to();
    let priority: u128 = c.word().saturating_to();
    tx.gas_priority_fee = if tx.tx_type >= 2 { Some(priority) } else { None };
    tx.value = c.word();
    let is_call = c.u8() != 0;
    let to = c.address();
    tx.kind = if is_call { TxKind::Call(to) } else { TxKind::Create };
    tx.data = Bytes::from(c.blob().to_vec());
    let mut list = Vec::new();
    for _ in 0..c.u8() {
        let address = c.address();
        let storage_keys = (0..c.u8()).map(|_| c.hash()).collect();
        list.push(AccessListItem { address, storage_keys });
    }
    tx.access_list = AccessList(list);
    tx.max_fee_per_blob_gas = c.word().saturating_to();
    tx.blob_hashes = (0..c.u8()).map(|_| c.hash()).collect();
    for _ in 0..c.u8() {
        let chain_id = c.word();
        let address = c.address();
        let nonce = c.u64();
        let parity = c.u8();
        let (r, s) = (c.word(), c.word());
        let inner = Authorization { chain_id, address, nonce };
        let signed = SignedAuthorization::new_unchecked(inner, parity, r, s);
        tx.authorization_list.push(Either::Left(signed));
    }
    if tx.tx_type == 0 {
        tx.chain_id = None;
    }
    tx
}

fn root(db: &CacheDB<EmptyDB>, clear_empty: bool, dump: bool) -> B256 {
    let mut accounts = Vec::new();
    for (address, account) in &db.cache.accounts {
        if account.account_state == AccountState::NotExisting {
            continue;
        }
        // this database keeps touched empty accounts; what lies behind it takes them away (EIP-161)
        if clear_empty && account.info.is_empty() {
            continue;
        }
        let slots: Vec<(B256, U256)> = account
            .storage
            .iter()
            .filter(|(_, v)| !v.is_zero())
            .map(|(k, v)| (B256::from(*k), *v))
            .collect();
        if dump {
            let info = &account.info;
            eprintln!("{address} {} {:x} {}", info.nonce, info.balance, info.code_hash);
            for (k, v) in &slots {
                eprintln!("  {k} {v:x}");
            }
        }
        let leaf = TrieAccount {
            nonce: account.info.nonce,
            balance: account.info.balance,
            storage_root: storage_root_unhashed(slots),
            code_hash: if account.info.code_hash.is_zero() { KECCAK_EMPTY } else { account.info.code_hash },
        };
        accounts.push((*address, leaf));
    }
    state_root_unhashed(accounts)
}

fn logs_hash(logs: &[Log]) -> B256 {
    let mut all = Vec::new();
    for log in logs {
        all.extend_from_slice(log.address.as_slice());
        all.push(log.data.topics().len() as u8);
        for topic in log.data.topics() {
            all.extend_from_slice(topic.as_slice());
        }
        all.extend_from_slice(&(log.data.data.len() as u32).to_be_bytes());
        all.extend_from_slice(&log.data.data);
    }
    keccak256(all)
}

fn run(frame: &[u8], dump: bool) -> String {
    let mut c = Cursor { at: frame };
    let fork = c.u8();
    let Some(spec) = spec(fork) else {
        return "skip".into();
    };
    let mut cfg = CfgEnv::new_with_spec(spec);
    cfg.chain_id = 1;
    let mut block = BlockEnv { beneficiary: c.address(), ..Default::default() };
    block.number = U256::from(c.u64());
    block.timestamp = U256::from(c.u64());
    block.gas_limit = c.u64();
    let random = c.word();
    block.difficulty = random;
    block.prevrandao = Some(B256::from(random));
    let base_fee = c.u64();
    block.basefee = if fork >= 10 { base_fee } else { 0 };
    let blob_gasprice = c.u64() as u128;
    block.blob_excess_gas_and_price =
        Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice });
    cfg.set_max_blobs_per_tx(match fork {
        15 => 6,
        16 => 9,
        _ => 6,
    });
    let db = read_pre(&mut c);
    let tx = read_tx(&mut c);
    // these types have no place for "nobody": revm leaves it to who decodes them
    if tx.tx_type >= 3 && tx.kind.is_create() {
        return "reject".into();
    }
    let mut evm = Context::mainnet()
        .with_db(db)
        .with_cfg(cfg)
        .with_block(block)
        .build_mainnet();
    let result = match evm.transact(tx) {
        Ok(result) => result,
        Err(error) => {
            if dump {
                eprintln!("{error:?}");
            }
            return "reject".into();
        }
    };
    let db = &mut evm.ctx.journaled_state.database;
    db.commit(result.state);
    let (success, output, logs) = match &result.result {
        ExecutionResult::Success { output, logs, .. } => match output {
            Output::Call(bytes) => (1, bytes.clone(), logs.as_slice()),
            Output::Create(..) => (1, Bytes::new(), logs.as_slice()),
        },
        ExecutionResult::Revert { output, .. } => (0, output.clone(), &[][..]),
        ExecutionResult::Halt { reason, .. } => {
            if dump {
                eprintln!("{reason:?}");
            }
            (0, Bytes::new(), &[][..])
        }
    };
    format!(
        "{success} {} {:x} {:x} {:x}",
        result.result.tx_gas_used(),
        keccak256(&output),
        logs_hash(logs),
        root(db, spec >= SpecId::SPURIOUS_DRAGON, dump)
    )
}

fn main() {
    let dump = std::env::args().any(|a| a == "--dump");
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut head = [0u8; 4];
    while input.read_exact(&mut head).is_ok() {
        let size = u32::from_be_bytes(head) as usize;
        if size == 0 {
            output.flush().unwrap();
            continue;
        }
        let mut frame = vec![0u8; size];
        input.read_exact(&mut frame).unwrap();
        writeln!(output, "{}", run(&frame, dump)).unwrap();
    }
}
