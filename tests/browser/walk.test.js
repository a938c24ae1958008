/** From x to x', where files and the server's answers come late, not at all, or after it is gone. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { arrive, FakeElement, install, Net, settled, space, text } from "./fakes.js";
import { Address } from "./interact/address.js";
import { keys } from "./keys.js";
import { FromX } from "./from_x/from_x.js";

/** @type {Net} */ let net;
/** @type {() => void} */ let drawFrame;
beforeEach(() => {
  drawFrame = install();
  net = new Net();
  globalThis.__vaeexplorer.clear();
});

const walk = () => new FromX(new FakeElement(), new Address(keys.walk, "search"));

test("walk: a failure of the server on the former model says nothing on the new one", async () => {
  const widget = walk();
  widget.update({ space: space("old", true) }, {});
  await arrive(net, space("old", true));
  drawFrame();
  assert.equal(net.waiting("/old/encode"), 1);
  widget.update({ space: space("new") }, {});
  await arrive(net, space("new"));
  await net.fail("/old/encode");
  assert.equal(widget.model.space.name, "new");
  assert.equal(text(widget), "");
});

test("walk: nor does it take away what is said of the one that could not be opened", async () => {
  for (const late of [() => net.fail("/old/encode"), () => net.answer("/old/encode", Float32Array.of(0, 0))]) {
    globalThis.__vaeexplorer.clear();
    const widget = walk();
    widget.update({ space: space("old", true) }, {});
    await arrive(net, space("old", true));
    drawFrame();
    await net.fail("/old/encode");
    assert.match(text(widget), /the last picture stays/);
    widget.redraw();
    drawFrame();
    widget.update({ space: space("new") }, {});
    await net.fail("/new.bin");
    await late();
    if (net.waiting("/old/decode")) await net.answer("/old/decode", new Uint8Array(784));
    assert.equal(text(widget), "The network of new could not be opened. The server cannot be reached. Try again");
    widget.stop();
    net = new Net();
  }
});

test("walk: the server's own trouble is said, and taken away once it is over", async () => {
  const widget = walk();
  widget.update({ space: space("own", true) }, {});
  await arrive(net, space("own", true));
  drawFrame();
  await net.fail("/own/encode");
  assert.equal(text(widget), "The server cannot be reached; the last picture stays. Try again");
  widget.redraw();
  drawFrame();
  await net.answer("/own/encode", Float32Array.of(0, 0));
  await net.answer("/own/decode", new Uint8Array(784));
  assert.equal(text(widget), "");
});

test("walk: files of the former space that come late are not opened, its failure is not told", async () => {
  const widget = walk();
  widget.update({ space: space("old") }, {});
  widget.update({ space: space("new") }, {});
  await arrive(net, space("new"));
  await net.fail("/old.bin");
  assert.equal(widget.model.space.name, "new");
  assert.equal(text(widget), "");
});

test("walk: of two pictures from files the one chosen last stays, and none replaces what was chosen since", async () => {
  const widget = walk();
  widget.update({ space: space("own") }, {});
  await arrive(net, space("own"));
  /** @type {((error: Error) => void)[]} */ const failing = [];
  globalThis.createImageBitmap = () => new Promise((_, reject) => failing.push(reject));
  widget.read(/** @type {any} */ ({}));
  widget.read(/** @type {any} */ ({}));
  failing[0](new Error());
  await settled();
  assert.equal(text(widget), "", "of the first");
  widget.choose(3);
  failing[1](new Error());
  await settled();
  assert.equal(text(widget), "", "a test image was chosen since");
  widget.read(/** @type {any} */ ({}));
  failing[2](new Error());
  await settled();
  assert.match(text(widget), /not a picture/);
});

test("walk: nothing is opened, said or asked for once it has stopped", async () => {
  const widget = walk();
  widget.update({ space: space("own", true) }, {});
  await arrive(net, space("own", true));
  drawFrame();
  widget.redraw();
  widget.stop();
  drawFrame();
  await net.fail("/own/encode");
  assert.equal(text(widget), "");
  assert.equal(net.asked.length, 0);
  const other = walk();
  other.update({ space: space("other") }, {});
  other.stop();
  await arrive(net, space("other"));
  assert.equal(other.model, null);
});
