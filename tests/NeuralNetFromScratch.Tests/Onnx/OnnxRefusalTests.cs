using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;
using static NeuralNetFromScratch.Tests.Onnx.ImportedModels;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Models that the import refuses, and what it says.</summary>
public class OnnxRefusalTests
{
    [Test]
    public void What_only_looks_like_a_passing_node_is_refused()
    {
        Assert.That(Predict(Model(3, Node("Cast", ["x"], "w", ("to", 7L)), Node("Cast", ["w"], "y", ("to", 1L))), 1.7f, -1.7f, 0.2f), Is.EqualTo((float[])[1, -1, 0]));
        Refused(Model(3, Node("Cast", ["x"], "w", ("to", 10L)), Node("Cast", ["w"], "y", ("to", 1L))), "node \"w\" (Cast): rounds values to float16");
        ModelProto dropping = Model(3, Node("Dropout", ["x", "r", "t"], "y"));
        Add(dropping, "r", [], 0.5f);
        dropping.Graph.Initializer.Add(new TensorProto { Name = "t", DataType = 9, Int32Data = { 1 } });
        Refused(dropping, "can drop values");
        Refused(Model(3, Node("Elu", ["x"], "y", ("alpha", 2L))), "its attribute alpha has type Int, expected Float");
        Refused(Model(3, Node("Identity", [], "y")), "has no input 0");
        NodeProto silent = Node("Transpose", ["w"], "y");
        silent.Output.Clear();
        ModelProto model = Model(3, silent);
        Add(model, "w", [1, 1], 1);
        Refused(model, "no node computes the output");
    }

    [Test]
    public void Reshaping_to_other_vectors_is_refused()
    {
        foreach ((float first, float second) in ((float, float)[])[(-1, 2), (0, 3), (-1, -1), (2, 3), (-2, 6), (1, 0)])
        {
            ModelProto model = Model(6, Node("Reshape", ["x", "s"], "r"), Node("Relu", ["r"], "y"));
            model.Graph.Initializer.Add(new TensorProto { Name = "s", DataType = 7, Dims = { 2 }, Int64Data = { (long)first, (long)second } });
            Refused(model, "node \"r\" (Reshape)");
        }
    }

    [Test]
    public void Names_that_stand_for_two_things_are_refused()
    {
        ModelProto tensors = Model(3, Node("Relu", ["x"], "y"));
        Add(tensors, "w", [1], 1);
        Add(tensors, "w", [1], 1);
        Refused(tensors, "two tensors \"w\"");
        ModelProto constant = Model(3, Node("Relu", ["x"], "w"), Node("Relu", ["w"], "y"));
        Add(constant, "w", [1], 1);
        Refused(constant, "computes \"w\", but the model already has a value");
        Refused(Model(3, Node("Relu", ["x"], "x")), "computes \"x\", but the model already has a value");
        ModelProto outputs = Model(3, Node("Relu", ["x"], "y"), Node("Tanh", ["x"], "z"));
        outputs.Graph.Output.Add(Value("z", 3));
        Refused(outputs, "2 outputs of floats");
    }

    [Test]
    public void Few_bytes_cannot_ask_for_much_memory()
    {
        // A weight without rows and a thousand million columns; a factor for each of a thousand million features; one weight named again and again.
        ModelProto wide = Model(3, Node("Gemm", ["x", "w", "b"], "y"));
        wide.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 0, 1_000_000_000 } });
        Add(wide, "b", [], 1);
        RefusedInLittleMemory(wide, "the weight is empty");
        ModelProto large = Model(1, Node("ConstantOfShape", ["n"], "f"), Node("Mul", ["x", "f"], "y"));
        large.Graph.Initializer.Add(new TensorProto { Name = "n", DataType = 7, Dims = { 1 }, Int64Data = { 1_000_000_000 } });
        RefusedInLittleMemory(large, "many more parameters");
        ModelProto repeated = Model(500, [.. Enumerable.Range(0, 5000).Select(i => Node("MatMul", [i == 0 ? "x" : $"v{i - 1}", "w"], i == 4999 ? "y" : $"v{i}"))]);
        Add(repeated, "w", [500, 500], new float[250_000]);
        RefusedInLittleMemory(repeated, "many more parameters");
        ModelProto turned = Model(300, [.. Enumerable.Range(0, 5000).Select(i => Node("Transpose", [i == 0 ? "w" : $"t{i - 1}"], $"t{i}")), Node("MatMul", ["x", "t4999"], "y")]);
        Add(turned, "w", [300, 300], new float[90_000]);
        RefusedInLittleMemory(turned, "many more parameters");
    }

    [Test]
    public void Unsupported_parts_are_refused_by_name()
    {
        Refused(Model(3, Node("ConvTranspose", ["x"], "y")), "node \"y\" (ConvTranspose): is not supported");
        Refused(Model(3, Node("Gemm", ["x", "x"], "y")), "this would mix samples");
        Refused(Model(3, Node("Relu", ["nowhere"], "y")), "no node computes");
        Refused(Model(3, Node("Relu", ["x"], "y"), Node("Relu", ["x"], "y")), "but the model already has a value");
        Refused(Model(3, Node("Relu", ["x"], "z")), "no node computes the output \"y\"");
        Refused(Model(3, Node("Relu", [], "y")), "has no input 0");
        Refused(Model(3, Node("Relu", ["y"], "y")), "has a cycle");
        Refused(Model(3, Node("Identity", ["y"], "y")), "has a cycle");
        Refused(Model(3, Node("Relu", ["a"], "y"), Node("Identity", ["y"], "a")), "has a cycle");
        ModelProto foreign = Model(3, Node("Relu", ["x"], "y"));
        foreign.Graph.Node[0].Domain = "com.example";
        Refused(foreign, "domain \"com.example\"");
        ModelProto two = Model(3, Node("Relu", ["x"], "y"));
        two.Graph.Input.Add(two.Graph.Input[0].Clone());
        Refused(two, "has 2 inputs");
        Refused(new ModelProto(), "contains no graph");
    }

    [Test]
    public void Tensors_that_lie_are_refused()
    {
        ModelProto external = Model(3, Node("MatMul", ["x", "w"], "y"));
        external.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 3, 2 }, DataLocation = TensorProto.Types.DataLocation.External });
        Refused(external, "lies in another file");
        foreach ((long[] dims, string message) in ((long[], string)[])
            [([3, 3], "has 9 elements, but data for 6"), ([-3, 2], "invalid shape"), ([1L << 40, 1L << 40], "invalid shape"), ([2, 3], "node \"y\" (MatMul): its weight has 6 values, but samples of shape [batch, 3] need 9")])
        {
            ModelProto model = Model(3, Node("MatMul", ["x", "w"], "y"));
            var tensor = new TensorProto { Name = "w", DataType = 1, FloatData = { 1, 2, 3, 4, 5, 6 } };
            tensor.Dims.AddRange(dims);
            model.Graph.Initializer.Add(tensor);
            Refused(model, message);
        }

        ModelProto complex = Model(3, Node("MatMul", ["x", "w"], "y"));
        complex.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 14, Dims = { 3, 2 } });
        Refused(complex, "elements of ONNX type complex64 (14)");
        ModelProto strings = Model(3, Node("MatMul", ["x", "w"], "y"));
        strings.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 8, Dims = { 1 }, StringData = { ByteString.CopyFromUtf8("a") } });
        Refused(strings, "computes with strings");
        ModelProto open = Model(3, Node("Relu", ["x"], "y"));
        open.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimParam = "n";
        Refused(open, "must have fixed sizes");
    }

    [Test]
    public void Anything_else_is_no_model()
    {
        Assert.That(() => OnnxModel.Import(new MemoryStream([1, 2, 3])), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("not an ONNX model"));
        Assert.That(() => OnnxModel.Import(new MemoryStream()), Throws.InstanceOf<InvalidDataException>());
    }
}
