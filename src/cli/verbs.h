/* The functions behind the verbs; verbs.c says what each is for. */
#ifndef TR_CLI_VERBS_H
#define TR_CLI_VERBS_H

int tr_cli_abi(int argc, char **argv);
int tr_cli_accounts(int argc, char **argv);
int tr_cli_address(int argc, char **argv);
int tr_cli_bench(int argc, char **argv); /* bench/bench.c */
int tr_cli_bls(int argc, char **argv);
int tr_cli_completion(int argc, char **argv);
int tr_cli_config(int argc, char **argv);
int tr_cli_doctor(int argc, char **argv);
int tr_cli_evm(int argc, char **argv);
int tr_cli_hash(int argc, char **argv);
int tr_cli_key(int argc, char **argv);
int tr_cli_kzg(int argc, char **argv);
int tr_cli_man(int argc, char **argv);
int tr_cli_rlp(int argc, char **argv);
int tr_cli_signature(int argc, char **argv);
int tr_cli_test_vectors(int argc, char **argv); /* tests/conformance/vectors.c */
int tr_cli_trie(int argc, char **argv);
int tr_cli_tx(int argc, char **argv);
int tr_cli_version(int argc, char **argv);
int tr_cli_wal(int argc, char **argv);

#endif
