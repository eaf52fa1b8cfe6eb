#!/usr/bin/env python3
"""Writes ONNX's backend node tests as folders of a model, its input and its expected outputs (Debian's python3-onnx 1.12).

usage: onnx_backend.py FOLDER

Each test is written as it is, and again with all inputs but the first one of numbers made constants of the model: a network takes one input.
"""
import os
import shutil
import sys
import warnings

import numpy

warnings.filterwarnings("ignore")
# The tests were written for a NumPy that still had these names.
for name, kind in (("float", float), ("int", int), ("bool", bool), ("object", object), ("long", int)):
    if name not in numpy.__dict__:
        setattr(numpy, name, kind)

import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases


def proto(value, info):
    tensor = value if isinstance(value, onnx.TensorProto) else numpy_helper.from_array(numpy.asarray(value), info.name)
    # NumPy has no bfloat16: its bits come as whole numbers.
    if info.type.tensor_type.elem_type == onnx.TensorProto.BFLOAT16 and tensor.data_type == onnx.TensorProto.UINT16:
        tensor.data_type = onnx.TensorProto.BFLOAT16
    return tensor


def write(folder, model, inputs, outputs):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.join(folder, "test_data_set_0"))
    onnx.save(model, os.path.join(folder, "model.onnx"))
    for kind, values in (("input", inputs), ("output", outputs)):
        for number, value in enumerate(values):
            with open(os.path.join(folder, "test_data_set_0", f"{kind}_{number}.pb"), "wb") as file:
                file.write(value.SerializeToString())


def main(target):
    count = 0
    for case in collect_testcases(None):
        model, (inputs, outputs) = case.model, case.data_sets[0]
        if any(isinstance(value, (list, dict)) or value is None for value in [*inputs, *outputs]):
            continue
        inputs = [proto(value, info) for value, info in zip(inputs, model.graph.input)]
        outputs = [proto(value, info) for value, info in zip(outputs, model.graph.output)]
        write(os.path.join(target, "as-is", case.name), model, inputs, outputs)
        count += 1
        if len(inputs) < 2:
            continue
        closed = onnx.ModelProto()
        closed.CopyFrom(model)
        first = next((i for i, value in enumerate(inputs) if value.data_type in (1, 10, 11)), 0)
        for i, value in enumerate(inputs):
            if i != first:
                constant = onnx.TensorProto()
                constant.CopyFrom(value)
                constant.name = model.graph.input[i].name
                closed.graph.initializer.append(constant)
        del closed.graph.input[:]
        closed.graph.input.append(model.graph.input[first])
        write(os.path.join(target, "constants", case.name), closed, [inputs[first]], outputs)
        count += 1
    print(f"{count} cases in {target}")


main(sys.argv[1])
