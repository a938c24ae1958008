/** Files: fetched once, refused where they are not what was asked for, and the last few kept. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import { Net, networkFile, settled } from "./fakes.js";
import { fetchOnce, loadNetwork, progressOf, provide } from "./engine/fetch.js";

/** @type {Net} */ let net;
beforeEach(() => {
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

const length = (/** @type {ArrayBuffer} */ bytes) => bytes.byteLength;

test("a file is fetched once, by whoever asks for it", async () => {
  const both = Promise.all([fetchOnce("/a", length), fetchOnce("/a", length)]);
  assert.equal(net.waiting("/a"), 1);
  await net.answer("/a", new Uint8Array(5));
  assert.deepEqual(await both, [5, 5]);
  assert.equal(await fetchOnce("/a", length), 5);
  assert.equal(net.asked.length, 0);
});

test("what failed is said in words, and asked for again next time", async () => {
  const refused = assert.rejects(fetchOnce("/a", length), /^Error: The server answered 404\.$/);
  await net.answer("/a", "no", { status: 404 });
  await refused;
  const gone = assert.rejects(fetchOnce("/a", length), /^Error: The server cannot be reached\.$/);
  await net.fail("/a");
  await gone;
  const unreadable = assert.rejects(
    fetchOnce("/a", () => {
      throw new Error("It is cut short.");
    }),
    /^Error: It is cut short\.$/,
  );
  await net.answer("/a", "abc");
  await unreadable;
  const good = fetchOnce("/a", length);
  await net.answer("/a", "abc");
  assert.equal(await good, 3);
});

test("an address that names a hash gets the bytes of that hash or none", async () => {
  const bytes = Buffer.from("some weights"),
    hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const url = `/vx/run/decoder-${hash}.bin`;
  const refused = assert.rejects(fetchOnce(url, length), /not what was asked for/);
  await net.answer(url, "other weights");
  await refused;
  const good = fetchOnce(url, length);
  await net.answer(url, bytes);
  assert.equal(await good, bytes.length);
});

test("only the last few files are kept: those that were asked for last", async () => {
  const get = async (/** @type {string} */ url) => {
    const coming = fetchOnce(url, length),
      isNew = net.waiting(url) > 0;
    if (isNew) await net.answer(url, "abc");
    await coming;
    return isNew;
  };
  for (let k = 0; k < 40; k++) {
    assert.equal(await get(`/file-${k}`), true);
    assert.equal(await get("/images"), k === 0, "what every run needs stays");
  }
  assert.equal(globalThis.__vaeexplorer.size, 12);
  assert.equal(await get("/file-39"), false);
  assert.equal(await get("/file-29"), false, "the eleventh from the end, beside the images");
  assert.equal(await get("/file-28"), true);
});

test("the failure of a file that was dropped meanwhile does not drop its successor", async () => {
  const first = fetchOnce("/a", length);
  first.catch(() => {});
  for (let k = 0; k < 12; k++) fetchOnce(`/other-${k}`, length);
  const second = fetchOnce("/a", length);
  assert.equal(net.waiting("/a"), 2);
  await net.fail("/a");
  await net.answer("/a", "abc");
  assert.equal(await second, 3);
  fetchOnce("/a", length);
  assert.equal(net.waiting("/a"), 0);
});

test("a network comes with its bytes, and is none where the server has it", async () => {
  const coming = loadNetwork({ network: "/n", codes: "/c", sprite: "/s" });
  await net.answer("/n", networkFile(3));
  const { network, bytes } = await coming;
  assert.equal(network.latentDim, 3);
  assert.equal(bytes.byteLength, networkFile(3).byteLength);
  assert.equal(await loadNetwork({ codes: "/c", sprite: "/s" }), null);
});

test("how far files have come is known, together, and how large they are where the server says so", async () => {
  /** @type {any} */ let stream;
  const body = new ReadableStream({ start: (controller) => (stream = controller) });
  const coming = fetchOnce("/a", length);
  assert.deepEqual(progressOf(["/a", undefined, "/b"]), { got: 0, total: 0 });
  await net.answer("/a", body, { headers: { "Content-Length": "5" } });
  stream.enqueue(new Uint8Array(3));
  await settled();
  fetchOnce("/b", length).catch(() => {});
  assert.deepEqual(progressOf(["/a", undefined, "/b"]), { got: 3, total: 5 });
  stream.enqueue(new Uint8Array(2));
  stream.close();
  assert.equal(await coming, 5);
  assert.deepEqual(progressOf(["/a"]), { got: 5, total: 5 });

  const packed = fetchOnce("/c", length);
  await net.answer("/c", "abc", { headers: { "Content-Length": "2", "Content-Encoding": "gzip" } });
  await packed;
  assert.deepEqual(progressOf(["/c"]), { got: 3, total: 0 });
});

test("a connection that is lost on the way is said, and the file asked for again", async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(3));
      setTimeout(() => controller.error(new TypeError("network error")));
    },
  });
  const refused = assert.rejects(fetchOnce("/a", length), /^Error: The connection was lost\.$/);
  await net.answer("/a", body);
  await refused;
  fetchOnce("/a", length).catch(() => {});
  assert.equal(net.waiting("/a"), 1);
});

test("what the page has itself is not asked of a server, and is taken out of it once", async () => {
  let taken = 0;
  provide("codes", async () => new Uint8Array(++taken + 4).buffer);
  assert.deepEqual(await Promise.all([fetchOnce("codes", length), fetchOnce("codes", length)]), [5, 5]);
  assert.equal(net.asked.length, 0);
});
