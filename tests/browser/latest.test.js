/** Of several requests the newest counts. */
import { Latest } from "./engine/fetch.js";
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./fakes.js";

/** A promise, and what settles it. */
function promised() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** Asks `latest` twice, and returns both requests and what came of them. */
function askedTwice(latest = new Latest()) {
  const requests = [promised(), promised()],
    seen = [];
  for (const { promise } of requests)
    latest.ask(
      () => promise,
      (answer) => seen.push(answer),
      (error) => seen.push(error.message),
    );
  return { requests, seen, latest };
}

test("an older answer that comes late is ignored", async () => {
  const { requests, seen } = askedTwice();
  requests[1].resolve("new");
  await settled();
  requests[0].resolve("old");
  await settled();
  assert.deepEqual(seen, ["new"]);
});

test("an older answer that comes first is ignored too", async () => {
  const { requests, seen } = askedTwice();
  requests[0].resolve("old");
  await settled();
  requests[1].resolve("new");
  await settled();
  assert.deepEqual(seen, ["new"]);
});

test("an older failure is ignored, the newest one is told, and another try may succeed", async () => {
  const { requests, seen, latest } = askedTwice();
  requests[0].reject(new Error("old"));
  await settled();
  assert.deepEqual(seen, []);
  requests[1].reject(new Error("new"));
  await settled();
  assert.deepEqual(seen, ["new"]);
  await latest.ask(
    async () => "again",
    (answer) => seen.push(answer),
    assert.fail,
  );
  assert.deepEqual(seen, ["new", "again"]);
});

test("after stop neither answers nor failures count", async () => {
  for (const settle of ["resolve", "reject"]) {
    const { requests, seen, latest } = askedTwice();
    latest.stop();
    requests[1][settle](new Error("late"));
    await settled();
    assert.deepEqual(seen, []);
  }
});

test("an answer that cannot be shown is a failure", async () => {
  const seen = [];
  await new Latest().ask(
    async () => 1,
    () => {
      throw new Error("cannot be shown");
    },
    (error) => seen.push(error.message),
  );
  assert.deepEqual(seen, ["cannot be shown"]);
});
