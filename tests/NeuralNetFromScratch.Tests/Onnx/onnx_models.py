#!/usr/bin/env python3
"""ONNX models for the tests (Debian's python3-onnx 1.12 and python3-torch 1.13).

usage: onnx_models.py check FILE...       runs the model checker over files
       onnx_models.py torch FILE KIND     PyTorch exports a network; prints its outputs for fixed inputs, one row a line
       onnx_models.py sklearn-texts FILE  the same with a scaler before it, and texts as labels
       onnx_models.py sklearn FILE        a model as scikit-learn's converter writes a classifier: labels and probabilities; prints likewise
"""
import sys


def inputs():
    import numpy
    return numpy.sin(numpy.arange(30, dtype=numpy.float32).reshape(5, 6) * numpy.float32(0.37)).astype(numpy.float32)


def show(rows):
    for row in rows:
        print(" ".join(f"{float(value):.9g}" for value in row))


def check(paths):
    import onnx
    for path in paths:
        onnx.checker.check_model(onnx.load(path), full_check=True)
    print(f"{len(paths)} models are fine")


def torch_model(path, kind):
    import torch
    from torch import nn

    class Around(nn.Sequential):
        def forward(self, x):
            return x + super().forward(x)

    class View(nn.Sequential):
        def forward(self, x):
            return super().forward(x.view(x.size(0), -1))

    class Reshape(nn.Sequential):
        def forward(self, x):
            return super().forward(x.reshape(x.shape[0], 6))

    class FixedView(nn.Sequential):
        def forward(self, x):
            return super().forward(x.view(-1, 6))

    torch.manual_seed(3)
    relu = [nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 3)]
    models = {
        "plain": relu,
        "softmax": relu + [nn.Softmax(1)],
        "logsoftmax": relu + [nn.LogSoftmax(1)],
        "flatten": [nn.Flatten()] + relu,
        "view": [View(*relu)],
        "reshape": [Reshape(*relu)],
        "view-of-fixed-size": [FixedView(*relu)],
        "smooth": [nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 8), nn.ELU(0.7), nn.Linear(8, 8), nn.LeakyReLU(0.2),
                   nn.Linear(8, 8), nn.SELU(), nn.Linear(8, 8), nn.Softplus(), nn.Linear(8, 8), nn.Hardswish(), nn.Linear(8, 3), nn.Tanh(), nn.Sigmoid()],
        "gelu-tanh": [nn.Linear(6, 8), nn.GELU(approximate="tanh"), nn.Linear(8, 3)],
        "normalized": [nn.Linear(6, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.LayerNorm(8), nn.Linear(8, 3)],
        "residual": [nn.Linear(6, 8), nn.ReLU(), Around(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 8)), Around(nn.LayerNorm(8), nn.Linear(8, 8), nn.Tanh()), nn.Linear(8, 3)],
    }
    network = nn.Sequential(*models[kind])
    for _ in range(5):
        network(torch.randn(16, 6) * 2 + 1)
    network.eval()
    x = torch.from_numpy(inputs())
    if kind in ("flatten", "view", "reshape", "view-of-fixed-size"):
        x = x.reshape(5, 2, 3)
    torch.onnx.export(network, x, path, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "batch"}})
    show(network(x).tolist())


def sklearn_texts_model(path):
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    random = numpy.random.RandomState(2)
    w1, b1, w2, b2 = (random.randn(*shape).astype(numpy.float32) for shape in ((6, 8), (1, 8), (8, 3), (1, 3)))
    offset, scale = random.randn(6).astype(numpy.float32), random.rand(6).astype(numpy.float32)
    constants = {"coefficient": w1, "intercepts": b1, "coefficient1": w2, "intercepts1": b2, "shape": numpy.array([-1])}
    names = ["ant", "bee", "cat"]
    nodes = [
        helper.make_node("Scaler", ["X"], ["variable"], domain="ai.onnx.ml", offset=offset.tolist(), scale=scale.tolist()),
        helper.make_node("Cast", ["variable"], ["cast_input"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["cast_input", "coefficient"], ["mul_result"]),
        helper.make_node("Add", ["mul_result", "intercepts"], ["add_result"]),
        helper.make_node("Tanh", ["add_result"], ["next_activations"]),
        helper.make_node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"]),
        helper.make_node("Add", ["mul_result1", "intercepts1"], ["add_result1"]),
        helper.make_node("Softmax", ["add_result1"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["argmax"], axis=1),
        helper.make_node("ArrayFeatureExtractor", ["classes", "argmax"], ["extracted"], domain="ai.onnx.ml"),
        helper.make_node("Reshape", ["extracted", "shape"], ["output_label"]),
        helper.make_node("ZipMap", ["probabilities"], ["output_probability"], domain="ai.onnx.ml", classlabels_strings=names),
    ]
    dictionaries = onnx.ValueInfoProto(name="output_probability")
    dictionaries.type.sequence_type.elem_type.map_type.key_type = TensorProto.STRING
    dictionaries.type.sequence_type.elem_type.map_type.value_type.tensor_type.elem_type = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes, "classifier", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 6])],
        [helper.make_tensor_value_info("output_label", TensorProto.STRING, [None]), dictionaries],
        [numpy_helper.from_array(value, name) for name, value in constants.items()] + [helper.make_tensor("classes", TensorProto.STRING, [3], [name.encode() for name in names])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)])
    onnx.checker.check_model(model)
    onnx.save(model, path)
    logits = numpy.tanh((inputs() - offset) * scale @ w1 + b1) @ w2 + b2
    exponentials = numpy.exp(logits)
    show(exponentials / exponentials.sum(1, keepdims=True))


def sklearn_model(path):
    import numpy
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    random = numpy.random.RandomState(1)
    w1, b1, w2, b2 = (random.randn(*shape).astype(numpy.float32) for shape in ((6, 8), (1, 8), (8, 3), (1, 3)))
    constants = {"coefficient": w1, "intercepts": b1, "coefficient1": w2, "intercepts1": b2, "classes": numpy.array([0, 1, 2]), "shape": numpy.array([-1])}
    nodes = [
        helper.make_node("Cast", ["X"], ["cast_input"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["cast_input", "coefficient"], ["mul_result"]),
        helper.make_node("Add", ["mul_result", "intercepts"], ["add_result"]),
        helper.make_node("Relu", ["add_result"], ["next_activations"]),
        helper.make_node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"]),
        helper.make_node("Add", ["mul_result1", "intercepts1"], ["add_result1"]),
        helper.make_node("Softmax", ["add_result1"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["probabilities"], ["argmax"], axis=1),
        helper.make_node("ArrayFeatureExtractor", ["classes", "argmax"], ["extracted"], domain="ai.onnx.ml"),
        helper.make_node("Reshape", ["extracted", "shape"], ["label"]),
    ]
    graph = helper.make_graph(
        nodes, "classifier", [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 6])],
        [helper.make_tensor_value_info("label", TensorProto.INT64, [None]), helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 3])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)])
    onnx.checker.check_model(model)
    onnx.save(model, path)
    logits = numpy.maximum(inputs() @ w1 + b1, 0) @ w2 + b2
    exponentials = numpy.exp(logits)
    show(exponentials / exponentials.sum(1, keepdims=True))


{"check": lambda: check(sys.argv[2:]), "torch": lambda: torch_model(*sys.argv[2:]), "sklearn": lambda: sklearn_model(sys.argv[2]),
 "sklearn-texts": lambda: sklearn_texts_model(sys.argv[2])}[sys.argv[1]]()
