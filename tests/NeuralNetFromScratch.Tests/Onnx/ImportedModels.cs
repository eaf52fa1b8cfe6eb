using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Small models of one input "x" and one output "y", and what becomes of them when they are imported.</summary>
internal static class ImportedModels
{
    public static void Refused(ModelProto model, string message) =>
        Assert.That(() => Import(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    public static void RefusedInLittleMemory(ModelProto model, string message)
    {
        byte[] file = model.ToByteArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(model, message);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100 * file.Length + 80_000_000));
    }

    public static Sequential Import(ModelProto model) => OnnxModel.Import(new MemoryStream(model.ToByteArray()));

    public static float[] Predict(ModelProto model, params float[] input)
    {
        float[] ours = Import(model).Predict(Tensor.Create<float>(input, [1, input.Length])).AsMatrix().Span.ToArray();
        Assert.That(ours, Is.EqualTo(OnnxRun.Predict(model.ToByteArray(), input, [1, input.Length], "x")).Within(1e-5), "as ONNX Runtime");
        return ours;
    }

    public static ModelProto Model(int features, params NodeProto[] nodes)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "test" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        model.Graph.Node.AddRange(nodes);
        model.Graph.Input.Add(Value("x", features));
        model.Graph.Output.Add(Value("y", null));
        return model;
    }

    public static ValueInfoProto Value(string name, int? features)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(features is { } size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "out" });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }

    public static NodeProto Node(string type, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach ((string name, object value) in attributes)
        {
            node.Attribute.Add(value is float number
                ? new AttributeProto { Name = name, F = number, Type = AttributeProto.Types.AttributeType.Float }
                : new AttributeProto { Name = name, I = (long)value, Type = AttributeProto.Types.AttributeType.Int });
        }

        return node;
    }

    public static NodeProto NodeOfInts(string type, string[] inputs, string output, string name, params long[] values)
    {
        NodeProto node = Node(type, inputs, output);
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        node.Attribute.Add(attribute);
        return node;
    }

    public static void Add(ModelProto model, string name, long[] dims, params float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = 1 };
        tensor.Dims.AddRange(dims);
        tensor.FloatData.AddRange(values);
        model.Graph.Initializer.Add(tensor);
    }
}
