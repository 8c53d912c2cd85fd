//! The programs of evm-bench in revm: one call each, with all that it does to the state, which is
//! undone after it.  As in a node the machine, its analysed code and the accounts it has loaded
//! stay from call to call; validity and fees of a transaction are left out.

use crate::method::{number, Bench, SHORT};
use revm::bytecode::Bytecode;
use revm::context::result::EVMError;
use revm::context::{Context, ContextTr, JournalTr, LocalContextTr, TxEnv};
use revm::database::{CacheDB, EmptyDB};
use revm::handler::{EthFrame, EvmTr, Handler, MainnetContext, MainnetHandler};
use revm::interpreter::InitialAndFloorGas;
use revm::primitives::{hardfork::SpecId, keccak256, Address, Bytes, TxKind, B256, U256};
use revm::state::AccountInfo;
use revm::{MainBuilder, MainContext, MainnetEvm};
use std::convert::Infallible;

type Db = CacheDB<EmptyDB>;
type Machine = MainnetEvm<MainnetContext<Db>>;
type Mainnet = MainnetHandler<Machine, EVMError<Infallible>, EthFrame>;

const GAS_LIMIT: u64 = 100_000_000_000;
const GWEI: u64 = 1_000_000_000;

/// What a call came to: the gas as a transaction pays it, and the output.
struct Outcome {
    left: u64,
    refund: u64,
    output: Bytes,
}

struct Program {
    evm: Machine,
    handler: Mainnet,
    initial: InitialAndFloorGas,
    data: Bytes,
    gas_used: u64,
    output: B256,
}

/// Takes a document apart from its beginning.
pub struct Reader<'a>(pub &'a [u8]);

impl<'a> Reader<'a> {
    pub fn take(&mut self, len: usize) -> &'a [u8] {
        let (piece, rest) = self.0.split_at(len);
        self.0 = rest;
        piece
    }

    pub fn number(&mut self) -> usize {
        let (value, rest) = number(self.0);
        self.0 = rest;
        value
    }

    pub fn long(&mut self) -> u64 {
        u64::from_le_bytes(self.take(8).try_into().expect("eight bytes"))
    }

    pub fn word(&mut self) -> U256 {
        U256::from_be_slice(self.take(32))
    }

    pub fn address(&mut self) -> Address {
        Address::from_slice(self.take(20))
    }

    pub fn bytes(&mut self) -> &'a [u8] {
        let len = self.number();
        self.take(len)
    }
}

fn accounts(r: &mut Reader) -> Db {
    let mut db = Db::default();
    for _ in 0..r.number() {
        let address = r.address();
        let code = Bytecode::new_legacy(Bytes::copy_from_slice(r.bytes()));
        let info = AccountInfo::from_balance(U256::from(1) << 192).with_nonce(1).with_code(code);
        db.insert_account_info(address, info);
        for _ in 0..r.number() {
            let key = r.word();
            let value = r.word();
            db.insert_account_storage(address, key, value).expect("memory");
        }
    }
    db
}

/// The sum over the bytes of the calldata, which has one price for zeros and one for the rest.
fn priced(data: &[u8], zero: u64, other: u64) -> u64 {
    21_000 + data.iter().map(|b| if *b == 0 { zero } else { other }).sum::<u64>()
}

impl Program {
    fn new(document: &[u8]) -> Self {
        let mut r = Reader(document);
        let db = accounts(&mut r);
        let sender = r.address();
        let to = r.address();
        let value = r.word();
        let data = Bytes::copy_from_slice(r.bytes());
        let gas_used = r.long();
        let output = B256::from_slice(r.take(32));
        let tx = TxEnv {
            caller: sender,
            kind: TxKind::Call(to),
            value,
            data: data.clone(),
            gas_limit: GAS_LIMIT,
            gas_price: u128::from(2 * GWEI),
            ..Default::default()
        };
        let evm = Context::mainnet()
            .with_db(db)
            .modify_cfg_chained(|cfg| {
                cfg.set_spec_and_mainnet_gas_params(SpecId::OSAKA);
                cfg.tx_gas_limit_cap = Some(u64::MAX);
            })
            .modify_block_chained(|block| {
                block.number = U256::ZERO;
                block.timestamp = U256::from(1_800_000_000);
                block.basefee = GWEI;
                block.gas_limit = GAS_LIMIT;
            })
            .with_tx(tx)
            .build_mainnet();
        let initial = InitialAndFloorGas::new(priced(&data, 4, 16), priced(&data, 10, 40));
        Program { evm, handler: Mainnet::default(), initial, data, gas_used, output }
    }

    fn run(&mut self) -> Outcome {
        let Program { evm, handler, initial, .. } = self;
        handler.load_accounts(evm).expect("accounts");
        let caller = evm.ctx().tx.caller;
        evm.ctx().journal_mut().load_account(caller).expect("the sender");
        let checkpoint = evm.ctx().journal_mut().checkpoint();
        let mut gas = handler.tx_gas(evm, initial);
        let result = handler.execution(evm, checkpoint, &mut gas).expect("no error");
        let result = result.expect("gas for the first frame");
        let outcome = Outcome {
            left: result.gas().remaining(),
            refund: result.gas().refunded().max(0) as u64,
            output: result.interpreter_result().output.clone(),
        };
        evm.ctx().journal_mut().discard_tx();
        evm.ctx().local_mut().clear();
        evm.frame_stack().clear();
        outcome
    }

    fn is_right(&mut self) -> bool {
        let outcome = self.run();
        let used = GAS_LIMIT - outcome.left;
        let used = (used - outcome.refund.min(used / 5)).max(priced(&self.data, 10, 40));
        used == self.gas_used && keccak256(&outcome.output) == self.output
    }
}

pub fn rows(b: &Bench) {
    for (row, document) in b.folder("evm-bench", "evm-") {
        let mut program = Program::new(&document);
        assert!(program.is_right() && program.is_right(), "{row}");
        b.row_for(SHORT, &row, "revm", 1, || program.run().left);
    }
}
