// The arithmetic of dense networks and their training, four numbers at a time: AssemblyScript, compiled to WebAssembly
// SIMD. plain.js does the same, to the same bits, where a page may not compile.
//
//   asc simd.ts --optimizeLevel 3 --runtime stub --enable simd --converge --noAssert --disableWarning 112 --outFile simd.wasm
//
// Arguments are byte offsets into the module's memory, multiples of 16, and counts. Numbers are float32. Activations are
// row-major [M, N], N a multiple of 8, M of 4. Weights [K, N] lie in panels of 8 columns, [N / 8, K, 8]; those of sparse
// products in panels of 16 columns, then of 8. Fused multiply-add is left out: it is not the same in every browser, and
// these numbers are. The first bytes of memory, up to `FIRST` of exports.js, are this module's own.

export { product, productT, pack, turn } from "./products";
export { rows, nonzero, columns, sparse } from "./sparse";
export { none, relu, silu, tanh, sigmoid, back, sum, bytes } from "./activations";
export { bernoulli, continuousBernoulli, squared, squaredSigmoid } from "./losses";
export { sample, sampleBack, adam, normals } from "./learning";
export { exp, ln, cosine } from "./numbers";
