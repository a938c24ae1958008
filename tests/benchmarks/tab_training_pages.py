"""What runs in Chromium for `tab_training`: workers that time themselves and answer with one number."""

# Images a second of `steps` steps after warming up, the best of five parts: others may have the core meanwhile.
TRAIN = """
onmessage = async ({ data: { choices, steps, plain } }) => {
  const images = new Uint8Array(await (await fetch("train.bin")).arrayBuffer()),
    { kernel } = module_kernel_kernel, { plainKernel } = module_kernel_plain, { Trainer } = module_network_trainer,
    trainer = new Trainer(plain ? plainKernel() : await kernel(), choices, images);
  const run = (count) => {
    const start = performance.now();
    let done = 0;
    for (let i = 0; i < count; i++) done += trainer.advance().images;
    return (1000 * done) / (performance.now() - start);
  };
  run(plain ? 3 : 40);
  const rates = Array.from({ length: 5 }, () => run(steps / 5)).sort((a, b) => a - b);
  postMessage(rates[2]);
};
"""

# Milliseconds of 400 images as one batch: the median of 15.
DECODE = """
onmessage = async () => {
  const network = module_engine_network.unpack(await (await fetch("network.bin")).arrayBuffer()),
    batch = new module_decoding_batch.Batch(await module_kernel_kernel.kernel(), network, 400),
    zs = Float32Array.from({ length: 800 }, (_, i) => 3 * Math.sin(i));
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now();
    batch.decode(zs, 2);
    return performance.now() - start;
  });
  postMessage(times.slice(5).sort((a, b) => a - b)[7]);
};
"""

# The tutorial's network in TF.js.
TFJS = """
importScripts("node_modules/@tensorflow/tfjs/dist/tf.min.js");
importScripts("node_modules/@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.min.js");
onmessage = async ({ data: { steps } }) => {
  tf.wasm.setWasmPaths(location.href.replace(/[^/]*$/, "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
  await tf.setBackend("wasm");
  await tf.ready();
  const bytes = new Uint8Array(await (await fetch("train.bin")).arrayBuffer()), B = 128;
  const images = Float32Array.from(bytes, (grey) => grey / 255);
  const dense = (i, o) => ({
    w: tf.variable(tf.randomUniform([i, o], -1 / Math.sqrt(i), 1 / Math.sqrt(i))), b: tf.variable(tf.zeros([o])),
  });
  const sizes = [[784, 400], [400, 20], [400, 20], [20, 400], [400, 784]];
  const [hidden, mean, logvar, wide, last] = sizes.map(([i, o]) => dense(i, o));
  const apply = (layer, x) => tf.add(tf.matMul(x, layer.w), layer.b);
  const optimizer = tf.train.adam(1e-3);
  const step = (k) => tf.tidy(() => {
    const from = (k * B * 784) % (9000 * 784), x = tf.tensor2d(images.subarray(from, from + B * 784), [B, 784]);
    optimizer.minimize(() => {
      const h = tf.relu(apply(hidden, x)), m = apply(mean, h), l = apply(logvar, h);
      const z = tf.add(m, tf.mul(tf.exp(tf.mul(l, 0.5)), tf.randomNormal([B, 20])));
      const y = apply(last, tf.relu(apply(wide, z)));
      const error = tf.sum(tf.sub(tf.softplus(y), tf.mul(x, y)));
      return tf.add(error, tf.mul(-0.5, tf.sum(tf.sub(tf.sub(tf.add(l, 1), tf.square(m)), tf.exp(l)))));
    });
  });
  for (let k = 0; k < 5; k++) step(k);
  await last.b.data();
  const start = performance.now();
  for (let k = 0; k < steps; k++) step(k);
  await last.b.data();
  postMessage((1000 * steps * B) / (performance.now() - start));
};
"""

# A whole session, as the page has it: seconds to the first picture of a step, pictures a second, images a second.
SESSION = """async (choices) => {
  const [train, test] = await Promise.all(["train.bin", "test.bin"].map(async (name) =>
    new Uint8Array(await (await fetch(name)).arrayBuffer())));
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let first = 0, pictures = 0, from = 0;
    const session = new Session(choices, { train, test: test.slice(0, 2000 * 784) }, {
      onMoment: ({ step }) => {
        if (!step) return;
        first ||= (from = performance.now()) - start;
        pictures++;
      },
      onEnd: (reason) => {
        const seconds = (performance.now() - from) / 1000;
        session.end();
        resolve({ first: first / 1000, pictures: pictures / seconds, rate: (choices.epochs * 10000) / seconds });
      },
    });
    session.play();
  });
}"""
