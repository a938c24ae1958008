// @ts-check
/** node train_node.js CHOICES TRAIN TEST: trains as a page does; seconds, and the loss on the test images, as JSON. */
import { readFileSync } from "node:fs";
import { kernel } from "./kernel/kernel.js";
import { Trainer } from "./network/trainer.js";
import { Viewer } from "./network/viewer.js";

const [choices, train, unseen] = process.argv.slice(2).map((path) => readFileSync(path)),
  asked = JSON.parse(choices.toString()),
  trainer = new Trainer(await kernel(), asked, train),
  viewer = new Viewer(await kernel(), asked, unseen),
  start = performance.now();
while (!trainer.done) trainer.advance();
const seconds = (performance.now() - start) / 1000;
viewer.use(trainer.learner.values);
console.log(
  JSON.stringify({ seconds, imagesPerSecond: (asked.epochs * trainer.count) / seconds, ...viewer.test(asked.beta) }),
);
