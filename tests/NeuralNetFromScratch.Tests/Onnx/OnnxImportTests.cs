using System.Globalization;
using System.Numerics.Tensors;
using Google.Protobuf;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Onnx.Protos;
using NeuralNetFromScratch.Tests.Data;
using NeuralNetFromScratch.Tests.Reference;
using static NeuralNetFromScratch.Tests.Onnx.ImportedModels;

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
    public void A_softmax_over_the_last_axis_of_unflattened_samples_is_taken_over_that_axis()
    {
        ModelProto model = Model(3, Node("Softmax", ["x"], "y"));
        model.Graph.Input[0].Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 2 });
        float[] inputs = [1, 2, 3, 4, -5, 6];
        Assert.That(Import(model).Predict(Tensor.Create<float>(inputs, [1, 3, 2])).AsMatrix().Span.ToArray(), Is.EqualTo(OnnxRun.Predict(model.ToByteArray(), inputs, [1, 3, 2], "x")).Within(1e-6));
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
    public void Unflattened_samples_do_not_pass_for_flattened_ones()
    {
        ModelProto model = Model(3, Node("MatMul", ["x", "w"], "y"));
        model.Graph.Input[0].Type.TensorType.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        Add(model, "w", [3, 2], 1, 2, 3, 4, 5, 6);
        Refused(model, "are not compatible");
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

    private static Tensor<float> Inputs() => Tensor.Create<float>([.. Enumerable.Range(0, 30).Select(i => MathF.Sin(i * 0.37f))], [5, 6]);

    private static float[] Parse(string lines) =>
        [.. lines.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(text => float.Parse(text, CultureInfo.InvariantCulture))];
}
