//! Blocks of transactions in revm, over a state in memory.

use crate::evm::Reader;
use crate::method::{number, Bench, SHORT};
use crate::tries::{Random, Trie};
use alloy_primitives::map::HashMap;
use alloy_trie::{Nibbles, TrieAccount, EMPTY_ROOT_HASH};
use revm::bytecode::Bytecode;
use revm::context::{Context, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::handler::MainnetContext;
use revm::context_interface::block::BlobExcessGasAndPrice;
use revm::primitives::{hardfork::SpecId, keccak256, Address, Bytes, TxKind, B256, U256};
use revm::state::AccountInfo;
use revm::{DatabaseCommit, ExecuteEvm, MainBuilder, MainContext, MainnetEvm};

type Db = CacheDB<EmptyDB>;
type Machine = MainnetEvm<MainnetContext<Db>>;

const GWEI: u64 = 1_000_000_000;
const TRANSFER_GAS: u64 = 21_000;

fn machine(db: Db, coinbase: Address, gas_limit: u64) -> Machine {
    Context::mainnet()
        .with_db(db)
        .modify_cfg_chained(|cfg| cfg.set_spec_and_mainnet_gas_params(SpecId::OSAKA))
        .modify_block_chained(|block| {
            block.number = U256::from(1);
            block.timestamp = U256::from(1_800_000_000);
            block.basefee = GWEI;
            block.gas_limit = gas_limit;
            block.beneficiary = coinbase;
        })
        .build_mainnet()
}

/// What src/cli/bench/rows_blocks.c describes: a block's transactions leave their changes in the
/// machine's journal, which then go to the database and to the trie all together.
struct Transfers {
    evm: Machine,
    blocks: Vec<Vec<TxEnv>>,
    trie: Trie,
    leaves: HashMap<B256, usize>, // by the hashes of addresses
    changed: Vec<usize>,
    runs: usize,
}

fn leaf(info: &AccountInfo) -> Vec<u8> {
    alloy_rlp::encode(TrieAccount {
        nonce: info.nonce,
        balance: info.balance,
        storage_root: EMPTY_ROOT_HASH,
        code_hash: info.code_hash,
    })
}

fn make_accounts(random: &mut Random, count: usize) -> (Db, Vec<Address>, Trie) {
    let mut db = Db::default();
    let mut addresses = Vec::new();
    let mut leaves = Vec::new();
    for _ in 0..count {
        let bytes: Vec<u8> = (0..3).flat_map(|_| random.draw().to_le_bytes()).collect();
        let address = Address::from_slice(&bytes[..20]);
        let balance = U256::from(GWEI) * U256::from(GWEI) + U256::from(random.draw());
        let info = AccountInfo::from_balance(balance);
        leaves.push((keccak256(address), leaf(&info)));
        db.insert_account_info(address, info);
        addresses.push(address);
    }
    leaves.sort_unstable();
    let trie = Trie {
        keys: leaves.iter().map(|(key, _)| Nibbles::unpack_array(key)).collect(),
        values: leaves.into_iter().map(|(_, value)| value).collect(),
        branches: Default::default(),
    };
    (db, addresses, trie)
}

fn make_block(random: &mut Random, used: &mut [bool], from: &[Address], size: usize) -> Vec<TxEnv> {
    let mut draw = |random: &mut Random| loop {
        let account = (random.draw() % from.len() as u64) as usize;
        if !used[account] {
            used[account] = true;
            return from[account];
        }
    };
    (0..size)
        .map(|_| TxEnv {
            caller: draw(random),
            kind: TxKind::Call(draw(random)),
            value: U256::from(random.draw() % 1_000_000_000),
            gas_limit: TRANSFER_GAS,
            gas_price: u128::from(2 * GWEI),
            ..Default::default()
        })
        .collect()
}

impl Transfers {
    fn new(document: &[u8]) -> Self {
        let [count, blocks, size] = std::array::from_fn(|i| number(&document[4 * i..]).0);
        let mut random = Random(u64::from_le_bytes(document[12..20].try_into().expect("eight")));
        let (db, addresses, trie) = make_accounts(&mut random, count);
        let mut used = vec![false; count];
        used[0] = true;
        let blocks = (0..blocks)
            .map(|_| make_block(&mut random, &mut used, &addresses, size))
            .collect();
        let mut leaves: Vec<_> = addresses.iter().map(keccak256).collect();
        leaves.sort_unstable();
        let leaves = leaves.into_iter().enumerate().map(|(i, hash)| (hash, i)).collect();
        let evm = machine(db, addresses[0], size as u64 * TRANSFER_GAS);
        Transfers { evm, blocks, trie, leaves, changed: Vec::new(), runs: 0 }
    }

    fn run(&mut self) -> B256 {
        let Transfers { evm, blocks, trie, leaves, changed, runs } = self;
        let nonce = (*runs / blocks.len()) as u64;
        let count = blocks.len();
        for tx in &mut blocks[*runs % count] {
            tx.nonce = nonce;
            let result = evm.transact_one(tx.clone()).expect("a valid transaction");
            assert!(result.is_success() && result.tx_gas_used() == TRANSFER_GAS);
        }
        *runs += 1;
        let state = evm.finalize();
        changed.clear();
        for (address, account) in state.iter().filter(|(_, account)| account.is_touched()) {
            let place = leaves[&keccak256(address)];
            trie.values[place] = leaf(&account.info);
            changed.push(place);
        }
        evm.ctx.journaled_state.database.commit(state);
        changed.sort_unstable();
        trie.update(changed)
    }
}

fn transfers(b: &Bench) {
    let row = "block-transfers";
    let Some(document) = b.input(row) else { return };
    let mut transfers = Transfers::new(&document);
    let roots: Vec<_> = document[20..].chunks_exact(32).map(B256::from_slice).collect();
    assert_eq!(transfers.trie.build(), roots[0], "the root of all accounts");
    for (i, root) in roots[1..].iter().enumerate() {
        assert_eq!(transfers.run(), *root, "the root after block {i}");
    }
    let size = transfers.blocks[0].len();
    b.row(row, "revm", size, || transfers.run()[0].into());
}

/// A block of a file, whose form bench/blocks.py describes.
struct Block {
    number: u64,
    time: u64,
    coinbase: Address,
    base_fee: u64,
    random: B256,
    succeeds: bool, // every transaction
    txs: Vec<TxEnv>,
}

fn read_tx(r: &mut Reader) -> TxEnv {
    let tx_type = r.take(1)[0];
    let caller = r.address();
    let has_to = r.take(1)[0] != 0;
    let to = r.address();
    let [nonce, gas_limit, max_fee, priority] = std::array::from_fn(|_| r.long());
    let value = r.word();
    let data = Bytes::copy_from_slice(r.bytes());
    let blob_hashes = (0..r.number()).map(|_| B256::from_slice(r.take(32))).collect();
    TxEnv {
        tx_type,
        caller,
        kind: if has_to { TxKind::Call(to) } else { TxKind::Create },
        nonce,
        gas_limit,
        gas_price: max_fee.into(),
        gas_priority_fee: (tx_type >= 2).then_some(priority.into()),
        value,
        data,
        blob_hashes,
        max_fee_per_blob_gas: r.long().into(),
        ..Default::default()
    }
}

fn read_block(r: &mut Reader) -> Block {
    Block {
        number: r.long(),
        time: r.long(),
        coinbase: r.address(),
        base_fee: r.long(),
        random: B256::from_slice(r.take(32)),
        succeeds: r.long() == 0,
        txs: (0..r.number()).map(|_| read_tx(r)).collect(),
    }
}

fn read_accounts(r: &mut Reader) -> Db {
    let mut db = Db::default();
    for _ in 0..r.number() {
        let address = r.address();
        let nonce = r.long();
        let mut info = AccountInfo::from_balance(r.word()).with_nonce(nonce);
        let code = r.bytes();
        if !code.is_empty() {
            info = info.with_code(Bytecode::new_legacy(Bytes::copy_from_slice(code)));
        }
        db.insert_account_info(address, info);
        for _ in 0..r.number() {
            let key = r.word();
            let value = r.word();
            db.insert_account_storage(address, key, value).expect("memory");
        }
    }
    db
}

/// The machine whose database has what a file's last block begins with, and that block.
fn load(document: &[u8]) -> (Machine, Block) {
    let mut r = Reader(document);
    let mut evm = machine(read_accounts(&mut r), Address::ZERO, 1_000_000_000_000);
    let mut left = r.number();
    loop {
        let block = read_block(&mut r);
        evm.ctx.block.number = U256::from(block.number);
        evm.ctx.block.timestamp = U256::from(block.time);
        evm.ctx.block.beneficiary = block.coinbase;
        evm.ctx.block.basefee = block.base_fee;
        evm.ctx.block.prevrandao = Some(block.random);
        evm.ctx.block.blob_excess_gas_and_price =
            Some(BlobExcessGasAndPrice { excess_blob_gas: 0, blob_gasprice: 1 });
        left -= 1;
        if left == 0 {
            return (evm, block);
        }
        run_block(&mut evm, &block);
        let state = evm.finalize();
        evm.ctx.journaled_state.database.commit(state);
    }
}

/// The gas that a block uses. What it did stays in the machine's journal.
fn run_block(evm: &mut Machine, block: &Block) -> u64 {
    let mut used = 0;
    for tx in &block.txs {
        let result = evm.transact_one(tx.clone()).expect("a valid transaction");
        assert!(result.is_success() || !block.succeeds);
        used += result.tx_gas_used();
    }
    used
}

fn from_files(b: &Bench) {
    for (row, document) in b.folder("blocks", "") {
        let Some(gas) = b.input(&row) else { continue };
        let gas = u64::from_le_bytes(gas[..8].try_into().expect("eight bytes"));
        let (mut evm, block) = load(&document);
        let mut run = || {
            let used = run_block(&mut evm, &block);
            evm.finalize();
            used
        };
        assert_eq!(run(), gas, "the gas of {row}");
        assert_eq!(run(), gas, "the gas of {row}");
        b.row_for(SHORT, &row, "revm", 1, run);
    }
}

pub fn rows(b: &Bench) {
    transfers(b);
    from_files(b);
}
