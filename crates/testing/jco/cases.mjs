// Runs every policy component as jco transpiles it, and holds what it gives against what wasmtime
// gave: `node cases.mjs FOLDER`, with the folder that host/examples/vectors.rs filled.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transpileBytes } from '@bytecodealliance/jco-transpile';

const INTERFACE = 'mustcheck:credit/policy@0.2.0';
/** How many differences are shown, and how much of a value. */
const SHOWN = 10;
const LENGTH = 200;

/** A component, transpiled and compiled once; what is returned makes a fresh instance of it. */
async function transpiled(folder, file) {
    const name = file.replace(/\.wasm$/, '');
    const component = await readFile(join(folder, file));
    const { files, imports } = await transpileBytes(component, { name, instantiation: 'sync' });
    const out = join(folder, name);
    await mkdir(out, { recursive: true });
    const modules = new Map();
    for (const [path, bytes] of Object.entries(files)) {
        if (path.endsWith('.wasm')) {
            const module = new WebAssembly.Module(bytes);
            imports.push(...WebAssembly.Module.imports(module).map((i) => `${i.module} ${i.name}`));
            modules.set(path, module);
        } else if (path.endsWith('.js')) {
            await writeFile(join(out, `${name}.mjs`), bytes);
        }
    }
    if (imports.length > 0) {
        throw new Error(`${file} imports ${imports.join(', ')}`);
    }
    const { instantiate } = await import(pathToFileURL(join(out, `${name}.mjs`)));
    return () => instantiate((path) => modules.get(path), {})[INTERFACE];
}

/** What a call gives, in a fresh instance: a sandbox is there for one call, and frees nothing. */
function outcome(fresh, name, ...taken) {
    try {
        return { ok: fresh()[name](...taken) };
    } catch (thrown) {
        // A refusal is thrown as it is; anything else is a trap, or a value that does not fit.
        return thrown instanceof Error ? { fault: String(thrown) } : { err: thrown };
    }
}

/** Every place where two values differ. A list of numbers may be a typed array. */
function* differences(path, jco, wasmtime) {
    const given = ArrayBuffer.isView(jco) ? Array.from(jco) : jco;
    const isObject = (value) => typeof value === 'object' && value !== null;
    const isWhole = !isObject(given) || !isObject(wasmtime);
    if (isWhole || Array.isArray(given) !== Array.isArray(wasmtime)) {
        if (given !== wasmtime) {
            yield { path, jco: given, wasmtime };
        }
        return;
    }
    // Also of a list: one that is longer has keys that the other has not.
    for (const key of new Set([...Object.keys(given), ...Object.keys(wasmtime)])) {
        yield* differences(path === '' ? key : `${path}.${key}`, given[key], wasmtime[key]);
    }
}

/** A value in one line. */
function shown(value) {
    const numbers = (_, held) => (typeof held === 'bigint' ? `${held}n` : held);
    const text = JSON.stringify(value, numbers) ?? 'nothing';
    return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text;
}

/** Reads a `u64` as the bindings have it. */
function revived(_, value) {
    return typeof value?.bigint === 'string' ? BigInt(value.bigint) : value;
}

const folder = resolve(process.argv[2] ?? '.');
const read = JSON.parse(await readFile(join(folder, 'vectors.json'), 'utf8'), revived);
if (read.vectors.length === 0) {
    throw new Error(`${folder} holds no case`);
}
const found = [];
const compare = (name, part, jco, wasmtime) => {
    for (const difference of differences('', jco, wasmtime)) {
        found.push({ name, part, ...difference });
    }
};

const components = new Map();
for (const { file, description } of read.components) {
    const fresh = await transpiled(folder, file);
    components.set(file, fresh);
    compare(file, 'describe', outcome(fresh, 'describe'), { ok: description });
}
for (const { name, component, taken, due, verdict } of read.vectors) {
    const fresh = components.get(component);
    compare(name, 'due-lookups', outcome(fresh, 'dueLookups', taken[0]), due);
    compare(name, 'decide', outcome(fresh, 'decide', ...taken), verdict);
}

for (const { name, part, path, jco, wasmtime } of found.slice(0, SHOWN)) {
    console.log(`${name}: ${part}: ${path}`);
    console.log(`  wasmtime ${shown(wasmtime)}\n  jco      ${shown(jco)}`);
}
const kinds = new Map();
for (const { kind } of read.vectors) {
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
}
const counted = Array.from(kinds, ([kind, count]) => `${count} ${kind}`).join(', ');
const said = found.length === 0 ? 'equal' : `${found.length} difference(s)`;
console.log(`${counted} on ${read.components.length} components: ${said}`);
process.exitCode = found.length === 0 ? 0 : 1;
