using System.Globalization;
using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Onnx;

public class OnnxImportTests
{
    [TestCase("plain", OutputActivation.None)]
    [TestCase("softmax", OutputActivation.Softmax)]
    [TestCase("logsoftmax", OutputActivation.LogSoftmax)]
    [TestCase("smooth", OutputActivation.None)]
    [TestCase("gelu-tanh", OutputActivation.None)]
    [TestCase("normalized", OutputActivation.None)]
    [TestCase("residual", OutputActivation.None)]
    [TestCase("flatten", OutputActivation.None)]
    [TestCase("view", OutputActivation.None)]
    [TestCase("reshape", OutputActivation.None)]
    [TestCase("view-of-fixed-size", OutputActivation.None)]
    [Category("Process")]
    public void PyTorchs_exports_come_in_and_predict_as_they_did_there(string kind, OutputActivation transform)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        float[] theirs = Parse(Peer.Run("torch", "Onnx/onnx_models.py", "torch", path, kind));
        Sequential network = OnnxModel.Import(path);
        Assert.That(network.OutputActivation, Is.EqualTo(transform));
        Assert.That(network.Predict(Inputs()).AsMatrix().Span.ToArray(), Is.EqualTo(theirs).Within(1e-5), network.Summary());
    }

    [Test]
    [Category("Process")]
    public void A_classifier_as_scikit_learns_converter_writes_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        float[] theirs = Parse(Peer.Run("onnx", "Onnx/onnx_models.py", "sklearn", path));
        Sequential network = OnnxModel.Import(path);
        Assert.That(network.Layers.Select(layer => layer.ToString()), Is.EqualTo((string[])["dense(units=8)", "activation(activation=relu)", "dense(units=3)"]));
        Assert.That(network.Predict(Inputs()).AsMatrix().Span.ToArray(), Is.EqualTo(theirs).Within(1e-5));
    }

    [Test]
    [Category("Process")]
    public void A_classifier_of_texts_with_standardization_as_scikit_learns_converter_writes_it()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx");
        float[] theirs = Parse(Peer.Run("onnx", "Onnx/onnx_models.py", "sklearn-texts", path));
        Sequential network = OnnxModel.Import(path);
        Assert.That(network.ClassNames, Is.EqualTo((string[])["ant", "bee", "cat"]));
        Assert.That(network.Predict(Inputs()).AsMatrix().Span.ToArray(), Is.EqualTo(theirs).Within(1e-5));
    }

    [Test]
    public void Class_names_and_preprocessing_travel()
    {
        var network = new Sequential([2, 2], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax, InputScaling = new InputScaling(1f / 255, 0.13f, 0.3f), ClassNames = ["a", "b", "c"] };
        using var stream = new MemoryStream();
        OnnxModel.Export(network, stream, new() { IncludesInputScaling = true });
        stream.Position = 0;
        Sequential back = OnnxModel.Import(stream);
        Assert.That(back.ClassNames, Is.EqualTo(network.ClassNames));
        float[] input = new float[4];
        network.InputScaling.Apply([1, 2, 30, 255], input);
        Assert.That(back.Predict(Tensor.Create<float>([1, 2, 30, 255], [1, 4])).AsMatrix().Span.ToArray(), Is.EqualTo(network.Predict(Tensor.Create<float>(input, [1, 4])).AsMatrix().Span.ToArray()).Within(1e-5));
    }

    [Test]
    public void A_product_scaled_and_turned_is_a_dense_layer()
    {
        ModelProto model = Model(3, Node("Gemm", ["x", "w", "b"], "y", ("alpha", 2f), ("beta", 0.5f), ("transB", 1L)));
        Add(model, "w", [2, 3], 1, 2, 3, 4, 5, 6);
        Add(model, "b", [2], 10, 20);
        Assert.That(Predict(model, 1, 10, 100), Is.EqualTo((float[])[2 * 321 + 5, 2 * 654 + 10]));
    }

    [Test]
    public void Vectors_of_numbers_are_preprocessing()
    {
        ModelProto model = Model(2, Node("Sub", ["x", "m"], "a"), Node("Div", ["a", "d"], "b"), Node("Mul", ["f", "b"], "c"), Node("Add", ["c", "s"], "y"));
        Add(model, "m", [1, 2], 1, 2);
        Add(model, "d", [2], 2, 4);
        Add(model, "f", [2], 10, 100);
        Add(model, "s", [], 1);
        Assert.That(Predict(model, 5, 10), Is.EqualTo((float[])[21, 201]));
    }

    [Test]
    public void A_bias_of_one_number_for_one_output()
    {
        ModelProto model = Model(2, Node("Gemm", ["x", "w", "b"], "y"));
        Add(model, "w", [2, 1], 1, 2);
        Add(model, "b", [], 10);
        Assert.That(Predict(model, 1, 10), Is.EqualTo((float[])[31]));
    }

    [Test]
    public void A_value_can_be_taken_from_constants()
    {
        ModelProto model = Model(2, Node("Sub", ["c", "x"], "y"));
        Add(model, "c", [2], 10, 20);
        Assert.That(Predict(model, 1, 2), Is.EqualTo((float[])[9, 18]));
    }

    [Test]
    public void Weights_that_the_graph_turns_come_in_turned()
    {
        ModelProto model = Model(3, Node("Transpose", ["w"], "t"), Node("MatMul", ["x", "t"], "y"));
        Add(model, "w", [2, 3], 1, 2, 3, 4, 5, 6);
        Assert.That(Predict(model, 1, 10, 100), Is.EqualTo((float[])[321, 654]));
        ModelProto kept = Model(2, NodeOfInts("Transpose", ["w"], "t", "perm", 0, 1), Node("MatMul", ["x", "t"], "y"));
        Add(kept, "w", [2, 3], 1, 2, 3, 4, 5, 6);
        Assert.That(Predict(kept, 1, 10), Is.EqualTo((float[])[41, 52, 63]));
    }

    [Test]
    public void What_only_looks_like_a_passing_node_is_refused()
    {
        Assert.That(Predict(Model(3, Node("Cast", ["x"], "w", ("to", 7L)), Node("Cast", ["w"], "y", ("to", 1L))), 1.7f, -1.7f, 0.2f), Is.EqualTo((float[])[1, -1, 0]));
        Refused(Model(3, Node("Cast", ["x"], "w", ("to", 10L)), Node("Cast", ["w"], "y", ("to", 1L))), "node \"w\" (Cast): rounds values to float16");
        ModelProto dropping = Model(3, Node("Dropout", ["x", "r", "t"], "y"));
        Add(dropping, "r", [], 0.5f);
        dropping.Graph.Initializer.Add(new TensorProto { Name = "t", DataType = 9, Int32Data = { 1 } });
        Refused(dropping, "may drop values");
        Refused(Model(3, Node("Elu", ["x"], "y", ("alpha", 2L))), "its alpha is of type Int, expected Float");
        Refused(Model(3, Node("Identity", [], "y")), "lacks its input 0");
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
    public void A_softmax_over_the_last_axis_of_unflattened_samples_is_taken_over_that_axis()
    {
        ModelProto model = Model(3, Node("Softmax", ["x"], "y"));
        model.Graph.Input[0].Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 2 });
        float[] inputs = [1, 2, 3, 4, -5, 6];
        Assert.That(Import(model).Predict(Tensor.Create<float>(inputs, [1, 3, 2])).AsMatrix().Span.ToArray(), Is.EqualTo(OnnxRun.Predict(model.ToByteArray(), inputs, [1, 3, 2], "x")).Within(1e-6));
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
        Refused(constant, "computes \"w\", which is there already");
        Refused(Model(3, Node("Relu", ["x"], "x")), "computes \"x\", which is there already");
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
        RefusedInLittleMemory(large, "far more parameters");
        ModelProto repeated = Model(500, [.. Enumerable.Range(0, 5000).Select(i => Node("MatMul", [i == 0 ? "x" : $"v{i - 1}", "w"], i == 4999 ? "y" : $"v{i}"))]);
        Add(repeated, "w", [500, 500], new float[250_000]);
        RefusedInLittleMemory(repeated, "far more parameters");
        ModelProto turned = Model(300, [.. Enumerable.Range(0, 5000).Select(i => Node("Transpose", [i == 0 ? "w" : $"t{i - 1}"], $"t{i}")), Node("MatMul", ["x", "t4999"], "y")]);
        Add(turned, "w", [300, 300], new float[90_000]);
        RefusedInLittleMemory(turned, "far more parameters");
    }

    [Test]
    public void Doubles_and_constants_in_nodes_and_unpacked_data_are_read()
    {
        NodeProto constant = Node("Constant", [], "w");
        var tensor = new TensorProto { DataType = 11, Dims = { 2, 1 }, DoubleData = { 3, 4 } };
        constant.Attribute.Add(new AttributeProto { Name = "value", T = tensor, Type = AttributeProto.Types.AttributeType.Tensor });
        ModelProto model = Model(2, constant, Node("MatMul", ["x", "w"], "z"), Node("Add", ["z", "b"], "y"));
        model.Graph.Initializer.Add(new TensorProto { Name = "b", DataType = 1, Dims = { 1 }, FloatData = { 5 } });
        // ONNX Runtime wants all of one type; exporters do not always ask.
        Assert.That(Import(model).Predict(Tensor.Create<float>([1, 2], [1, 2])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[16]));
    }

    [Test]
    public void A_value_added_to_itself_is_twice_the_value() =>
        Assert.That(Predict(Model(3, Node("Add", ["x", "x"], "y")), 1, 2, 3), Is.EqualTo((float[])[2, 4, 6]));

    [Test]
    public void What_is_not_supported_is_refused_by_name()
    {
        Refused(Model(3, Node("Conv", ["x"], "y")), "node \"y\" (Conv): is not supported");
        Refused(Model(3, Node("Gemm", ["x", "x"], "y")), "it would mix samples");
        Refused(Model(3, Node("Relu", ["nowhere"], "y")), "no node computes");
        Refused(Model(3, Node("Relu", ["x"], "y"), Node("Relu", ["x"], "y")), "which is there already");
        Refused(Model(3, Node("Relu", ["x"], "z")), "no node computes the output \"y\"");
        Refused(Model(3, Node("Relu", [], "y")), "lacks its input 0");
        Refused(Model(3, Node("Relu", ["y"], "y")), "in a circle");
        Refused(Model(3, Node("Identity", ["y"], "y")), "in a circle");
        Refused(Model(3, Node("Relu", ["a"], "y"), Node("Identity", ["y"], "a")), "in a circle");
        ModelProto foreign = Model(3, Node("Relu", ["x"], "y"));
        foreign.Graph.Node[0].Domain = "com.example";
        Refused(foreign, "domain \"com.example\"");
        ModelProto two = Model(3, Node("Relu", ["x"], "y"));
        two.Graph.Input.Add(two.Graph.Input[0].Clone());
        Refused(two, "has 2 inputs");
        Refused(new ModelProto(), "holds no graph");
    }

    [Test]
    public void Tensors_that_lie_are_refused()
    {
        ModelProto external = Model(3, Node("MatMul", ["x", "w"], "y"));
        external.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 3, 2 }, DataLocation = TensorProto.Types.DataLocation.External });
        Refused(external, "lies in another file");
        foreach ((long[] dims, string message) in ((long[], string)[])
            [([3, 3], "has 9 elements, but data for 6"), ([-3, 2], "impossible shape"), ([1L << 40, 1L << 40], "impossible shape"), ([2, 3], "node \"y\" (MatMul): its weight has 6 values, but samples of shape [batch, 3] need 9")])
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
        Refused(strings, "computes with texts");
        ModelProto open = Model(3, Node("Relu", ["x"], "y"));
        open.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimParam = "n";
        Refused(open, "must have fixed sizes");
    }

    [Test]
    public void Anything_else_is_no_model()
    {
        Assert.That(() => OnnxModel.Import(new MemoryStream([1, 2, 3])), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("no ONNX model"));
        Assert.That(() => OnnxModel.Import(new MemoryStream()), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void Unflattened_samples_do_not_pass_for_flattened_ones()
    {
        ModelProto model = Model(3, Node("MatMul", ["x", "w"], "y"));
        model.Graph.Input[0].Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        Add(model, "w", [3, 2], 1, 2, 3, 4, 5, 6);
        Refused(model, "do not fit each other");
    }

    [Test]
    [CancelAfter(20_000)]
    public void A_function_that_doubles_its_uses_again_and_again_takes_no_time()
    {
        NodeProto[] nodes = [.. Enumerable.Range(0, 60).Select(i => Node("Mul", [i == 0 ? "x" : $"v{i - 1}", i == 0 ? "x" : $"v{i - 1}"], i == 59 ? "y" : $"v{i}"))];
        Assert.That(Predict(Model(3, nodes), 1, 0.999f, 1.001f), Is.EqualTo((float[])[1, 0, float.PositiveInfinity]));
    }

    [Test]
    public void The_error_function_is_right()
    {
        foreach ((double x, double erf) in ((double, double)[])[(0, 0), (0.5, 0.5204998778130465), (1, 0.8427007929497149), (2, 0.9953222650189527), (3.5, 0.9999992569016276), (-1, -0.8427007929497149)])
            Assert.That(Exact.Erf(x), Is.EqualTo(erf).Within(1e-14));
    }

    private static void Refused(ModelProto model, string message) =>
        Assert.That(() => Import(model), Throws.InstanceOf<InvalidDataException>().With.Message.Contains(message));

    private static void RefusedInLittleMemory(ModelProto model, string message)
    {
        byte[] file = model.ToByteArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(model, message);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(100 * file.Length + 80_000_000));
    }

    private static Sequential Import(ModelProto model) => OnnxModel.Import(new MemoryStream(model.ToByteArray()));

    private static float[] Predict(ModelProto model, params float[] input)
    {
        float[] ours = Import(model).Predict(Tensor.Create<float>(input, [1, input.Length])).AsMatrix().Span.ToArray();
        Assert.That(ours, Is.EqualTo(OnnxRun.Predict(model.ToByteArray(), input, [1, input.Length], "x")).Within(1e-5), "as ONNX Runtime");
        return ours;
    }

    private static ModelProto Model(int features, params NodeProto[] nodes)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "test" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        model.Graph.Node.AddRange(nodes);
        model.Graph.Input.Add(Value("x", features));
        model.Graph.Output.Add(Value("y", null));
        return model;
    }

    private static ValueInfoProto Value(string name, int? features)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        shape.Dim.Add(features is { } size ? new TensorShapeProto.Types.Dimension { DimValue = size } : new TensorShapeProto.Types.Dimension { DimParam = "out" });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }

    private static NodeProto Node(string type, string[] inputs, string output, params (string Name, object Value)[] attributes)
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

    private static NodeProto NodeOfInts(string type, string[] inputs, string output, string name, params long[] values)
    {
        NodeProto node = Node(type, inputs, output);
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        node.Attribute.Add(attribute);
        return node;
    }

    private static void Add(ModelProto model, string name, long[] dims, params float[] values)
    {
        var tensor = new TensorProto { Name = name, DataType = 1 };
        tensor.Dims.AddRange(dims);
        tensor.FloatData.AddRange(values);
        model.Graph.Initializer.Add(tensor);
    }

    private static Tensor<float> Inputs() => Tensor.Create<float>([.. Enumerable.Range(0, 30).Select(i => MathF.Sin(i * 0.37f))], [5, 6]);

    private static float[] Parse(string lines) =>
        [.. lines.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
}
