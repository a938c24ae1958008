"""A module of PyTorch as a chain of layers that a browser can run, or the name of the first that it cannot."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.passes.shape_prop import ShapeProp
from torch.nn import functional

from vaeexplorer.browser.packing.layers import Kind, Packed


class UnpackableError(Exception):
    """A layer that no browser can run; the message names it."""


@dataclass
class _Chain:
    """The layers so far; the shape of what they give, without its batch."""

    shape: tuple[int, ...]
    layers: list[Packed] = field(default_factory=list)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def activate(self, name: str, slope: float = 0.0) -> None:
        """An activation, of the last layer where it has none."""
        if self.layers and self.layers[-1].activation == "none":
            self.layers[-1] = replace(self.layers[-1], activation=name, slope=slope)
        else:
            self.layers.append(Packed("pass", {"outputs": self.size}, activation=name, slope=slope))

    def scale(self, weight: Tensor, bias: Tensor) -> None:
        """Each channel times a number plus a number: of the last layer where that has weights and no activation."""
        last = self.layers[-1] if self.layers else None
        if last and last.weight is not None and last.bias is not None and last.activation == "none":
            axis = 1 if last.kind == "conv_transpose" else 0
            shape = [1] * last.weight.ndim
            shape[axis] = -1
            outputs = last.weight.shape[axis]
            weight, bias = weight.expand(outputs), bias.expand(outputs)
            factor = weight.double().numpy()
            self.layers[-1] = replace(
                last, weight=last.weight * factor.reshape(shape), bias=last.bias * factor + bias.double().numpy()
            )
        else:
            channels = self.shape[0] if weight.numel() > 1 else 1
            spec = {"channels": channels, "area": self.size // channels}
            self.layers.append(Packed("scale", spec, _array(weight.expand(channels)), _array(bias.expand(channels))))


def layers_of(decoder: nn.Module, z: Tensor) -> list[Packed]:
    """The layers of a module that turns z into images.

    Args:
        decoder: in evaluation mode; a chain of layers, in whatever way it is written.
        z: an example, [2, D] or more points.

    Raises:
        UnpackableError: it is no chain, or has a layer that no browser knows; the message names it.
    """
    try:
        # A layer of torch's alone would be traced into its arithmetic.
        traced = fx.symbolic_trace(nn.Sequential(decoder) if fx.Tracer().is_leaf_module(decoder, "") else decoder)
        ShapeProp(traced).propagate(z)
    except Exception as error:  # whatever the module does with what it is given
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise UnpackableError(f"it cannot be traced ({reason[:200]})") from None
    chain = _Chain(tuple(z.shape[1:]))
    current: fx.Node | None = None
    for node in traced.graph.nodes:
        meta = node.meta.get("tensor_meta")
        if node.op == "output":
            if node.args[0] is not current:
                raise UnpackableError("it returns something else than one array")
        elif node.op == "placeholder":
            if current is not None:
                raise UnpackableError("it takes more than z")
            current = node
        elif isinstance(getattr(meta, "shape", None), torch.Size) and node.op != "get_attr":
            if [other for other in node.all_input_nodes if _is_tensor(other)] != [current]:
                raise UnpackableError(f"the layer {_name(node)} takes more than what the layer before it gives")
            _add(chain, node, traced, len(z))
            current = node
        elif node.op == "get_attr":
            raise UnpackableError(f"{node.target} is a tensor beside the layers")
    return chain.layers


def run(layers: list[Packed], z: Tensor) -> Tensor:
    """What the layers give, [N, outputs]: the same arithmetic as the browser's, by torch."""
    values = z
    for layer in layers:
        spec = layer.spec
        weight = None if layer.weight is None else torch.from_numpy(layer.weight).to(z)
        bias = None if layer.bias is None else torch.from_numpy(layer.bias).to(z)
        if layer.kind == "dense":
            assert weight is not None
            values = functional.linear(values.flatten(1), weight, bias)
        elif layer.kind in ("conv", "conv_transpose"):
            assert weight is not None
            values = values.reshape(len(values), spec["inputs"], spec["side"], spec["side"])
            if layer.kind == "conv":
                values = functional.conv2d(values, weight, bias, spec["stride"], spec["padding"])
            else:
                more = spec["output_padding"]
                values = functional.conv_transpose2d(values, weight, bias, spec["stride"], spec["padding"], more)
        elif layer.kind == "upsample":
            values = values.reshape(len(values), spec["channels"], spec["side"], spec["side"])
            values = functional.interpolate(values, scale_factor=spec["factor"], mode="nearest")
        elif layer.kind == "scale":
            assert weight is not None
            assert bias is not None
            values = values.reshape(len(values), spec["channels"], -1) * weight[:, None] + bias[:, None]
        values = ACTIVATIONS[layer.activation](values, layer.slope).flatten(1)
    return values


ACTIVATIONS: dict[str, Callable[[Tensor, float], Tensor]] = {
    "none": lambda x, slope: x,
    "relu": lambda x, slope: functional.relu(x),
    "silu": lambda x, slope: functional.silu(x),
    "tanh": lambda x, slope: torch.tanh(x),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "gelu": lambda x, slope: functional.gelu(x),
    "softplus": lambda x, slope: functional.softplus(x),
}
"""by the names of `engine/network.js`"""

_PLAIN: dict[Any, str] = {
    nn.ReLU: "relu", nn.SiLU: "silu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid",
    torch.relu: "relu", functional.relu: "relu", "relu": "relu", "relu_": "relu", functional.silu: "silu",
    torch.tanh: "tanh", functional.tanh: "tanh", "tanh": "tanh", torch.sigmoid: "sigmoid",
    functional.sigmoid: "sigmoid", "sigmoid": "sigmoid",
}  # fmt: skip
_SAME = (nn.Identity, nn.Dropout, nn.Dropout2d, nn.Flatten, nn.Unflatten)
_RESHAPES = {
    torch.flatten, torch.reshape, torch.squeeze, torch.unsqueeze, functional.dropout, functional.dropout2d, "view",
    "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "contiguous", "float", "clone",
}  # fmt: skip


def _add(chain: _Chain, node: fx.Node, traced: fx.GraphModule, count: int) -> None:
    """One node of the graph as a layer, or nothing where it changes no number."""
    module = traced.get_submodule(str(node.target)) if node.op == "call_module" else None
    shape = tuple(node.meta["tensor_meta"].shape)
    what = type(module) if module is not None else node.target
    if what in _PLAIN:
        chain.activate(_PLAIN[what])
    elif isinstance(module, _SAME) or what in _RESHAPES:
        if shape[:1] != (count,) or math.prod(shape[1:]) != chain.size:
            raise _unknown(node, "changes more than the shape of an image")
    elif isinstance(module, nn.Linear):
        if len(chain.shape) != 1:
            raise _unknown(node, "is a Linear of one axis of several")
        spec = {"inputs": module.in_features, "outputs": module.out_features}
        chain.layers.append(Packed("dense", spec, _array(module.weight), _bias(module)))
    elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        chain.layers.append(_convolution(node, module, chain.shape))
    elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
        if module.running_mean is None or module.running_var is None:
            raise _unknown(node, "is a BatchNorm without running statistics")
        root = torch.rsqrt(module.running_var.double() + module.eps)
        weight = root if module.weight is None else module.weight.double() * root
        bias = -module.running_mean.double() * weight
        chain.scale(weight.detach(), (bias if module.bias is None else bias + module.bias.double()).detach())
    elif not (_parametric(chain, node, module) or _arithmetic(chain, node)):
        _upsample(chain, node, module, shape)
    chain.shape = shape[1:]


def _parametric(chain: _Chain, node: fx.Node, module: nn.Module | None) -> bool:
    """Activations with a number of their own."""
    given = node.kwargs
    if isinstance(module, nn.LeakyReLU):
        chain.activate("leaky_relu", module.negative_slope)
    elif node.target is functional.leaky_relu:
        chain.activate("leaky_relu", _number(node, 1, given.get("negative_slope", 0.01)))
    elif isinstance(module, nn.ELU):
        chain.activate("elu", module.alpha)
    elif node.target is functional.elu:
        chain.activate("elu", _number(node, 1, given.get("alpha", 1.0)))
    elif isinstance(module, nn.GELU) or node.target is functional.gelu:
        if getattr(module, "approximate", given.get("approximate", "none")) != "none":
            raise _unknown(node, "is an approximate GELU")
        chain.activate("gelu")
    elif (isinstance(module, nn.Softplus) and (module.beta, module.threshold) == (1, 20)) or (
        node.target is functional.softplus and len(node.args) == 1 and not given
    ):
        chain.activate("softplus")
    else:
        return False
    return True


def _arithmetic(chain: _Chain, node: fx.Node) -> bool:
    """A sum or product with a number: (x + 1) / 2."""
    if len(node.args) != 2 or node.kwargs:
        return False
    first = node.args[0]
    number = next((each for each in node.args if isinstance(each, (int, float))), None)
    if number is None:
        return False
    factor, offset = 1.0, 0.0
    if node.target in (operator.add, torch.add):
        offset = number
    elif node.target in (operator.mul, torch.mul):
        factor = number
    elif node.target in (operator.sub, torch.sub):
        factor, offset = (1.0, -number) if isinstance(first, fx.Node) else (-1.0, number)
    elif node.target in (operator.truediv, torch.div) and isinstance(first, fx.Node):
        factor = 1 / number
    else:
        return False
    chain.scale(torch.tensor([float(factor)]), torch.tensor([float(offset)]))
    return True


def _upsample(chain: _Chain, node: fx.Node, module: nn.Module | None, shape: tuple[int, ...]) -> None:
    if isinstance(module, nn.Upsample):
        mode = module.mode
    elif node.target is functional.interpolate:
        mode = node.kwargs.get("mode", "nearest")
    else:
        kind = type(module).__name__ if module is not None else getattr(node.target, "__name__", str(node.target))
        raise _unknown(node, f"is a {kind}, which browsers do not know here")
    channels, side = chain.shape[0], chain.shape[-1]
    factor = shape[-1] // side
    if mode != "nearest" or len(chain.shape) != 3 or shape[1:] != (channels, factor * side, factor * side):
        raise _unknown(node, f"upsamples by {mode}, or by no whole number")
    chain.layers.append(Packed("upsample", {"channels": channels, "side": side, "factor": factor}))


def _convolution(node: fx.Node, module: nn.Conv2d | nn.ConvTranspose2d, shape: tuple[int, ...]) -> Packed:
    kernel, stride, padding = module.kernel_size, module.stride, module.padding
    pairs = (kernel, stride, padding, module.output_padding)
    if any(isinstance(each, str) or len(set(each)) != 1 for each in pairs) or len(shape) != 3 or shape[1] != shape[2]:
        raise _unknown(node, "is a convolution that is not square")
    if set(module.dilation) != {1} or module.groups != 1 or module.padding_mode != "zeros":
        raise _unknown(node, "is a convolution with dilation, groups, or another padding than zeros")
    kind: Kind = "conv" if isinstance(module, nn.Conv2d) else "conv_transpose"
    spec = {"inputs": module.in_channels, "outputs": module.out_channels, "side": shape[1], "kernel": kernel[0]}
    spec |= {"stride": stride[0], "padding": int(padding[0]), "output_padding": module.output_padding[0]}
    return Packed(kind, spec, _array(module.weight), _bias(module))


def _unknown(node: fx.Node, why: str) -> UnpackableError:
    return UnpackableError(f"the layer {_name(node)} {why}")


def _name(node: fx.Node) -> str:
    return str(node.target) if node.op == "call_module" else node.name


def _number(node: fx.Node, place: int, default: Any) -> float:
    return float(node.args[place] if len(node.args) > place else default)


def _is_tensor(node: fx.Node) -> bool:
    return isinstance(getattr(node.meta.get("tensor_meta"), "shape", None), torch.Size)


def _array(tensor: Tensor) -> Any:
    return tensor.detach().cpu().double().numpy()


def _bias(module: Any) -> Any:
    outputs = module.out_features if isinstance(module, nn.Linear) else module.out_channels
    return _array(torch.zeros(outputs) if module.bias is None else module.bias)
