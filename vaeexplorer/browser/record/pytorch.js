// @ts-check
/**
 * A training as a plain PyTorch script of at most 60 lines, which ends within a nat of it; and the loss as people write
 * it, wrongly and rightly, by how its terms are reduced.
 *
 * @typedef {import("../learning/session.js").Choices} Choices
 * @typedef {import("../learning/session.js").Event} Event
 */
import { isLinear, isVariational } from "./choices.js";

/** @type {Record<string, string>} */
const SETS = { mnist: "MNIST", "fashion-mnist": "FashionMNIST" };
const ACTIVATIONS = { silu: "nn.SiLU", relu: "nn.ReLU", tanh: "nn.Tanh" };

/** Minus the log-likelihood of each pixel, of the decoder's output `out`.
 * @param {Choices} choices */
const pixelLoss = ({ likelihood, variance }) =>
  ({
    bernoulli: ["return F.binary_cross_entropy_with_logits(out, x, reduction='none')"],
    "continuous-bernoulli": [
      "log_c = (out / torch.tanh(out / 2 + 1e-9)).abs().clamp(min=2).log()  # Loaiza-Ganem & Cunningham 2019",
      "return F.binary_cross_entropy_with_logits(out, x, reduction='none') - log_c",
    ],
    gaussian: [`return (x - out) ** 2 / (2 * ${variance ?? 0.5})`],
    "gaussian-learned": [
      "return 0.5 * ((x - out) ** 2 / net.log_variance.exp() + net.log_variance + math.log(2 * math.pi))",
    ],
  })[likelihood];

/** @param {number[]} widths  of the layers @param {string} act @returns {string} layers of nn.Sequential */
function dense(widths, act) {
  const layers = widths.slice(1).map((width, k) => {
    const isLast = k === widths.length - 2;
    return `nn.Linear(${widths[k]}, ${width})${act && !isLast ? `, ${act}()` : ""}`;
  });
  return layers.join(layers.length > 3 || layers.join().length > 75 ? ",\n            " : ", ");
}

/**
 * The script. It trains on the images and at the grey levels that the browser had.
 * @param {Choices} choices @param {Event[]} events @param {number} loss  nats, what the browser's training ended at
 * @param {number} steps  that it took
 * @throws {Error} the images are no set of torchvision's
 */
export function pytorchScript(choices, events, loss, steps) {
  if (!(choices.dataset in SETS)) throw new Error("A script loads its images by torchvision, which has not your own.");
  const { dim, widths, activation, likelihood } = choices,
    linear = isLinear(choices),
    vae = isVariational(choices),
    set = SETS[choices.dataset],
    act = linear ? "" : ACTIVATIONS[activation],
    hidden = linear ? [] : widths,
    isGaussian = likelihood.startsWith("gaussian"),
    squash = isGaussian && !linear;
  const last = hidden.length ? hidden[hidden.length - 1] : 784;
  const trunk = hidden.length ? `nn.Sequential(${dense([784, ...hidden], act)}, ${act}())` : "nn.Identity()";
  const decoder = `nn.Sequential(${dense([dim, ...hidden.slice().reverse(), 784], act)})`;
  const { pixels = "sum", dims = "sum", batch = "mean" } = choices.reduction ?? {};
  const changes = events.map(({ step, name, value }) => `(${step}, "${name}", ${value})`).join(", ");
  const weigh = (/** @type {string} */ term, /** @type {string} */ how, /** @type {string} */ count) =>
    how === "sum" ? term : `${term} / ${count}`;
  const kind = vae ? "A VAE" : "An autoencoder",
    logvar = vae ? `        self.logvar = nn.Linear(${last}, ${dim})\n` : "",
    learned = "        self.log_variance = nn.Parameter(torch.tensor(-3.0))\n",
    extra = likelihood === "gaussian-learned" ? learned : "",
    start = isGaussian && !squash ? "train.mean(0)" : "torch.logit(train.mean(0), eps=0.002)";
  return `"""${kind}, trained in a browser by vaeexplorer to ${loss.toFixed(1)} nats (test), again in PyTorch."""
${["math", "torch"].map((name) => `import ${name}`).join("\n")}
from torch import nn
from torch.nn import functional as F
from torchvision.datasets import ${set}

BETA, WARMUP, RATE, EPOCHS, STEPS = ${choices.beta}, ${choices.warmup}, ${choices.rate}, ${choices.epochs}, ${steps}
CHANGES = [${changes}]  # (step, name, value)
train = torch.round(${set}("data", True, download=True).data[:${choices.images}].flatten(1) / 17) / 15  # 16 grey levels
test = ${set}("data", False, download=True).data[:2000].flatten(1) / 255


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = ${trunk}
        self.mean = nn.Linear(${last}, ${dim})
        self.decoder = ${decoder}
${logvar}${extra}        self.decoder[-1].bias.data = ${start}

    def forward(self, x):
${
  vae
    ? `        h = self.trunk(x)
        mean, logvar = self.mean(h), -5 + 9 * torch.tanh((self.logvar(h) + 5) / 9)  # ln sigma^2 within -14 and 4
        z = mean + torch.exp(logvar / 2) * torch.randn_like(mean)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).sum(1)`
    : "        z, kl = self.mean(self.trunk(x)), torch.zeros(len(x))"
}
        return ${squash ? "torch.sigmoid(self.decoder(z))" : "self.decoder(z)"}, kl


def reconstruction(out, x):  # nats a pixel
    ${pixelLoss(choices).join("\n    ")}


torch.manual_seed(${choices.seed})
net = Net()
adam = torch.optim.Adam(net.parameters())
dials, step, each = {"beta": BETA, "rate": RATE, "settle": (0, 0)}, 0, math.ceil(len(train) / ${choices.batch})
while step < STEPS:
    for x in train[torch.randperm(len(train))].split(${choices.batch})[: STEPS - step]:
        dials |= {name: (at, v * each) if name == "settle" else v for at, name, v in CHANGES if at == step}
        beta, rate, (begun, over) = dials.values()
${rateLines(choices)}
        adam.param_groups[0]["lr"] = rate
        out, kl = net(x)
        weight = beta * min(1, (step // each + 1) / WARMUP) if WARMUP else beta
        loss = ${weigh("reconstruction(out, x).sum(1)", pixels, "784")} + weight * ${weigh("kl", dims, String(dim))}
        adam.zero_grad()
        loss.${batch}().backward()
        adam.step()
        step += 1
with torch.no_grad():
    out, kl = net(test)
    print(f"test: {(reconstruction(out, test).sum(1) + beta * kl).mean():.2f} nats")
`;
}

/** The rate at a step: constant or one cycle, and annealed where the visitor asked for it. @param {Choices} choices */
const rateLines = ({ schedule }) =>
  `${
    schedule === "one-cycle"
      ? `        p = (begun if over else step) / max(1, EPOCHS * each - 1)
        up, down = (1 - math.cos(math.pi * p / 0.3)) / 2, (1 + math.cos(math.pi * (p - 0.3) / 0.7)) / 2
        rate *= 0.04 + 0.96 * up if p < 0.3 else 1e-5 + (1 - 1e-5) * down
`
      : ""
  }        rate *= (1 + math.cos(math.pi * min(1, (step - begun) / over))) / 2 if over else 1`;

/**
 * The loss of a VAE in the lines that people write, by how its terms are reduced.
 * @param {{pixels: "sum" | "mean", dims: "sum" | "mean", batch: "sum" | "mean"}} reduction
 */
export function lossLines({ pixels, dims, batch }) {
  const over = batch === "mean" ? ".mean()" : ".sum()";
  return [
    `rec = F.binary_cross_entropy(x2, x, reduction="none").${pixels}(1)`,
    `kl = -0.5 * (1 + logvar - mu**2 - logvar.exp()).${dims}(1)`,
    `loss = (rec + beta * kl)${over}`,
  ].join("\n");
}
