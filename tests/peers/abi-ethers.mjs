// Our ABI codec against ethers': random types and values, both ways.
//
//   node abi-ethers.mjs PROGRAM [--seed N] [--count N]
//
// PROGRAM (tests/unit/codec/abi_ethers_check.c) gets cases encoded by ethers on its stdin and checks
// them; then it writes as many cases of its own, which ethers decodes, compares and encodes again
// here.  A case is a line of JSON: {"t": types, "v": values, "d": encoding}.  Exit code 77: skipped.
import { spawnSync } from 'node:child_process';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const program = process.argv[2];
const seed = option('--seed', Date.now() % 1000000007);
const count = option('--count', 10000);

let ethers;
try {
  ethers = await import('ethers');
} catch {
  const must = process.env.CI === 'true';
  console.log(`ethers is not installed (npm ci): ${must ? 'with CI=true that is a failure' : 'skipped'}`);
  process.exit(must ? 1 : 77);
}
const { AbiCoder, ParamType } = ethers;
const coder = AbiCoder.defaultAbiCoder();

// splitmix64, cut to what fits a double.
let state = BigInt(seed);
const random64 = () => {
  state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
  let z = state;
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
};
const below = (n) => Number(random64() % BigInt(n));
const pick = (list) => list[below(list.length)];
const hexOf = (n) => {
  let text = '';
  while (text.length < 2 * n) text += random64().toString(16).padStart(16, '0');
  return `0x${text.slice(0, 2 * n)}`;
};

function randomType(depth) {
  const choice = below(depth === 0 ? 7 : 11);
  if (choice === 0) return `uint${8 * (1 + below(32))}`;
  if (choice === 1) return `int${8 * (1 + below(32))}`;
  if (choice === 2) return 'address';
  if (choice === 3) return 'bool';
  if (choice === 4) return `bytes${1 + below(32)}`;
  if (choice === 5) return 'bytes';
  if (choice === 6) return 'string';
  if (choice === 7) return `${randomType(depth - 1)}[]`;
  if (choice === 8) return `${randomType(depth - 1)}[${1 + below(3)}]`;
  const members = Array.from({ length: 1 + below(4) }, () => randomType(depth - 1));
  return `(${members.join(',')})`;
}

function randomInteger(bits, signed) {
  const width = signed ? bits - 1 : bits;
  const top = (1n << BigInt(width)) - 1n;
  const value = pick([0n, 1n, top, top >> 1n, BigInt(hexOf(32)) & top]);
  return signed && below(2) === 1 ? -value - 1n : value;
}

const letters = ['a', 'Z', '0', ' ', '"', '\\', '\n', '\u0001', 'é', '€', '漢', '🚀'];

// A random value as the check writes it: integers in decimal text, bytes in lower case.
function randomValue(type) {
  if (type.baseType === 'array') {
    const length = type.arrayLength < 0 ? below(4) : type.arrayLength;
    return Array.from({ length }, () => randomValue(type.arrayChildren));
  }
  if (type.baseType === 'tuple') return type.components.map(randomValue);
  const [, name, size] = /^([a-z]+)([0-9]*)$/.exec(type.type);
  if (name === 'uint' || name === 'int') return randomInteger(Number(size), name === 'int').toString();
  if (name === 'address') return hexOf(20);
  if (name === 'bool') return below(2) === 1;
  if (name === 'bytes') return hexOf(size === '' ? below(80) : Number(size));
  return Array.from({ length: below(50) }, () => pick(letters)).join('');
}

// What ethers decoded, in the same form.
function plain(type, value) {
  if (type.baseType === 'array') return Array.from(value, (v) => plain(type.arrayChildren, v));
  if (type.baseType === 'tuple') return type.components.map((t, i) => plain(t, value[i]));
  if (typeof value === 'bigint') return value.toString();
  return type.type === 'address' ? value.toLowerCase() : value;
}

const typesOf = (text) => ParamType.from(`tuple(${text})`).components;

const lines = [];
for (let i = 0; i < count; i++) {
  const text = Array.from({ length: 1 + below(3) }, () => randomType(3)).join(',');
  const types = typesOf(text);
  const values = types.map(randomValue);
  lines.push(JSON.stringify({ t: text, v: values, d: coder.encode(types, values) }));
}

const again = `node tests/peers/abi-ethers.mjs ${program} --seed ${seed} --count ${count}`;
const child = spawnSync(program, [String(seed), String(count)], {
  input: lines.join('\n') + '\n',
  maxBuffer: 1 << 30,
  encoding: 'utf8',
});
if (child.status !== 0) {
  console.log(`${child.stderr ?? ''}${child.error ?? ''}\nagain: ${again}`);
  process.exit(1);
}

const ours = child.stdout.trimEnd().split('\n');
const fail = (line, why) => {
  console.log(`${why}\n${line}\nagain: ${again}`);
  process.exit(1);
};
if (ours.length !== count) fail('', `${ours.length} cases came back instead of ${count}`);
for (const line of ours) {
  const { t, v, d } = JSON.parse(line);
  const types = typesOf(t);
  let values;
  try {
    const decoded = coder.decode(types, d);
    values = types.map((type, i) => plain(type, decoded[i]));
  } catch (error) {
    fail(line, `ethers refuses our encoding: ${error}`);
  }
  if (JSON.stringify(values) !== JSON.stringify(v)) fail(line, 'ethers decodes another value');
  if (coder.encode(types, v) !== d) fail(line, 'ethers encodes the value otherwise');
}
console.log(`${count} cases of ethers decoded and encoded by us, ${count} of ours by ethers, seed ${seed}`);
