using System.Numerics.Tensors;
using NeuralNetFromScratch.Onnx;
using NeuralNetFromScratch.Tests.Data;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Models of a few nodes against ONNX Runtime: nothing is recognized by its values, and each operator set has its meaning.</summary>
public class OnnxStructureTests
{
    private static readonly float[] Wide = [-200, -139.2f, -20, -8, -7, -6, -1, -0.05f, 0, 0.05f, 1, 6, 7, 8, 20, 21, 139.2f, 200];

    [Test]
    public void A_hard_sigmoid_stays_bounded_far_from_zero() => Along(sketch => sketch.Node("HardSigmoid", "x", "y", ("alpha", 0.05f)));

    [Test]
    public void A_difference_of_rectifiers_stays_one() => Along(sketch => sketch
        .Floats("c", [], 20).Node("Relu", "x", "a").Node("Sub", "c a", "b").Node("Relu", "b", "d").Node("Sub", "c d", "y"));

    [Test]
    public void A_shifted_rectifier_bends_where_it_does() => Along(sketch => sketch.Floats("c", [], 7).Node("Add", "x c", "a").Node("Relu", "a", "b").Node("Sub", "b c", "y"));

    [Test]
    public void A_wide_hyperbolic_tangent_is_no_identity()
    {
        GraphSketch sketch = new GraphSketch().Input("x", -1, 1).Output("y").Floats("c", [], 3000).Node("Div", "x c", "a").Node("Tanh", "a", "b").Node("Mul", "b c", "y");
        sketch.Compare([4, 1], [-10_000f, -1, 1, 10_000]);
    }

    [Test]
    public void A_layer_of_a_constant_is_refused_alone_and_beside_the_input()
    {
        GraphSketch Sketch() => new GraphSketch().Input("x", -1, 2).Output("y").Floats("c", [1, 2], 1, 2).Floats("g", [2], 1, 2).Floats("b", [2], 5, 6).Floats("v", [2], 1, 4);
        Sketch().Node("BatchNormalization", "c g b b v", "y").Refused("\"node0\" (BatchNormalization)", "has a constant input");
        Sketch().Node("BatchNormalization", "c g b b v", "d").Node("Add", "x d", "y").Refused("\"node0\" (BatchNormalization)", "has a constant input");
    }

    [Test]
    public void A_scaler_keeps_the_digits_of_large_offsets() => new GraphSketch(13).Input("x", -1, 2).Output("y")
        .Node("Scaler", "x", "y", ("offset", new[] { 101325f, 5 }), ("scale", new[] { 0.1f, 2 })).Compare([3, 2], [101325.5f, 1, 101200, 2, 99000, 3], tolerance: 1e-6);

    [Test]
    public void A_second_output_is_never_read_as_the_first()
    {
        new GraphSketch(13).Input("x", -1, 3).Output("y").Node("Dropout", "x", "d m").Node("Cast", "m", "y", ("to", 1)).Refused("(Dropout)", "output 1, \"m\"");
        new GraphSketch().Input("x", -1, 3).Output("m").Floats("g", [3], 1, 1, 1).Node("LayerNormalization", "x g", "y m").Refused("(LayerNormalization)", "output 1, \"m\"");
    }

    [Test]
    public void Batch_normalization_with_the_outputs_of_training_is_refused([Values(9, 13)] int opset) => Normalization(opset, "y m v sm sv").Refused("\"node0\" (BatchNormalization)", "training mode");

    [Test]
    public void Batch_normalization_in_training_mode_is_refused() => Normalization(14, "y", ("training_mode", 1)).Refused("(BatchNormalization)", "training mode");

    [Test]
    public void Batch_normalization_of_old_sets_says_that_it_is_not_training()
    {
        Normalization(6, "y").Refused("training mode");
        float[] ours = Normalization(6, "y", ("is_test", 1), ("consumed_inputs", new long[] { 0, 0, 0, 1, 1 })).Import().Predict(Tensor.Create<float>([1, 2, 3, 4, 5, 6], [2, 3])).AsMatrix().Span.ToArray();
        Assert.That(ours, Is.EqualTo(OnnxRun.Predict(Normalization(7, "y").Bytes, [1, 2, 3, 4, 5, 6], [2, 3], "x")).Within(1e-5));
        Normalization(7, "y").Compare([2, 3]);
    }

    [TestCase(1, new long[] { 1, -1 }, true)]
    [TestCase(1, new long[] { 1, 6 }, true)]
    [TestCase(2, new long[] { 1, -1 }, true)]
    [TestCase(2, new long[] { 2, -1 }, true)]
    [TestCase(2, new long[] { -1, 6 }, true)]
    [TestCase(4, new long[] { 4, 6 }, true)]
    [TestCase(-1, new long[] { 0, 6 }, true)]
    [TestCase(-1, new long[] { -1, 6 }, true)]
    [TestCase(-1, new long[] { 1, -1 }, false)]
    [TestCase(-1, new long[] { 4, 6 }, false)]
    [TestCase(-1, new long[] { -1, 3 }, false)]
    public void Reshaping_before_a_softmax_keeps_samples_apart_or_is_refused(int batch, long[] shape, bool comes)
    {
        GraphSketch sketch = new GraphSketch(13).Input("x", batch, 2, 3).Output("y").Integers("s", shape).Node("Reshape", "x s", "r").Node("Softmax", "r", "y");
        if (comes)
            sketch.Compare([Math.Max(batch, 1), 2, 3]);
        else
            sketch.Refused("\"node0\" (Reshape)");
    }

    [Test]
    public void Flattening_in_each_of_the_forms_that_exporters_write()
    {
        Flattened(s => s.Node("Flatten", "x", "r"));
        Flattened(s => s.Node("Flatten", "x", "r", ("axis", -2)));
        Flattened(s => s.Integers("s", 0, -1).Node("Reshape", "x s", "r"));
        Flattened(s => s.Integers("s", -1, 6).Node("Reshape", "x s", "r", ("allowzero", 1)));
        Flattened(s => s.Node("Shape", "x", "n").Integers("z", 0).Integers("six", 6).Node("Gather", "n z", "b").Node("Concat", "b six", "s", ("axis", 0)).Node("Reshape", "x s", "r"));
        Flattened(s => s.Node("Shape", "x", "n", ("start", 0), ("end", 1)).Integers("rest", -1).Node("Concat", "n rest", "s", ("axis", 0)).Node("Reshape", "x s", "r"));
        Flattened(s => s.Node("Shape", "x", "n").Integers("z", 0).Integers("o", 1).Integers("m", -1).Node("Slice", "n z o z", "b").Node("Squeeze", "b z", "c").Node("Unsqueeze", "c z", "d")
            .Node("Concat", "d m", "s", ("axis", 0)).Node("Reshape", "x s", "r"));
        // x.view(x.size(0), a·b): the product of two sizes of the tensor itself.
        Flattened(s => s.Node("Shape", "x", "n").Add("i0", 7, [], t => t.Int64Data.Add(0)).Add("i1", 7, [], t => t.Int64Data.Add(1)).Add("i2", 7, [], t => t.Int64Data.Add(2)).Integers("z", 0)
            .Node("Gather", "n i0", "b").Node("Gather", "n i1", "c").Node("Gather", "n i2", "d").Node("Mul", "c d", "e").Node("Unsqueeze", "b z", "b1").Node("Unsqueeze", "e z", "e1")
            .Node("Concat", "b1 e1", "s", ("axis", 0)).Node("Reshape", "x s", "r"));
        Flattened(s => s.Integers("two", 2).Node("Unsqueeze", "x two", "u").Node("Transpose", "u", "t", ("perm", new long[] { 0, 2, 1, 3 })).Integers("s", 0, 6).Node("Reshape", "t s", "r"));
    }

    [Test]
    public void Flattening_one_sample_at_axis_0() => new GraphSketch(13).Input("x", 1, 6).Output("y").Node("Flatten", "x", "r", ("axis", 0)).Node("Softmax", "r", "y").Compare([1, 6]);

    [TestCase(6)]
    [TestCase(12)]
    [TestCase(13)]
    [TestCase(17)]
    public void A_softmax_goes_over_the_axes_of_its_operator_set(int opset)
    {
        new GraphSketch(opset).Input("x", -1, 2, 3).Output("y").Node("Softmax", "x", "y").Compare([4, 2, 3]);
        new GraphSketch(opset).Input("x", -1, 2, 3).Output("y").Node("LogSoftmax", "x", "y", ("axis", 1)).Compare([4, 2, 3]);
        new GraphSketch(opset).Input("x", -1, 2, 3).Output("y").Node("Softmax", "x", "a", ("axis", 2)).Node("Exp", "a", "y").Compare([4, 2, 3]);
        new GraphSketch(opset).Input("x", 2, 3).Output("y").Node("Softmax", "x", "y", ("axis", 0)).Compare([2, 3]);
    }

    [Test]
    public void Squeeze_unsqueeze_clip_and_dropout_take_attributes_or_inputs()
    {
        new GraphSketch(7).Input("x", -1, 3).Output("y").Node("Unsqueeze", "x", "u", ("axes", new long[] { 1 })).Node("Squeeze", "u", "s", ("axes", new long[] { 1 }))
            .Node("Clip", "s", "c", ("min", -0.5f), ("max", 0.7f)).Node("Dropout", "c", "y", ("ratio", 0.5f)).Compare([4, 3]);
        new GraphSketch(13).Input("x", -1, 3).Output("y").Integers("one", 1).Floats("lo", [], -0.5f).Floats("hi", [], 0.7f).Add("t", 9, [], tensor => tensor.Int32Data.Add(0)).Floats("q", [], 0.5f)
            .Node("Unsqueeze", "x one", "u").Node("Squeeze", "u one", "s").Node("Clip", "s lo hi", "c").Node("Dropout", "c q t", "y").Compare([4, 3]);
        new GraphSketch(13).Input("x", -1, 3).Output("y").Floats("hi", [], 0.7f).Node("Clip", "x - hi", "y").Compare([4, 3]);
    }

    [Test]
    public void Before_version_7_dropout_acts_unless_it_is_told_that_this_is_no_training()
    {
        new GraphSketch(6).Input("x", -1, 3).Output("y").Node("Dropout", "x", "y").Refused("(Dropout)", "model.eval()");
        Sequential network = new GraphSketch(6).Input("x", -1, 3).Output("y").Node("Dropout", "x", "y", ("is_test", 1)).Import();
        Assert.That(network.Predict(Tensor.Create<float>([1, 2, 3], [1, 3])).AsMatrix().Span.ToArray(), Is.EqualTo((float[])[1, 2, 3]));
    }

    [Test]
    public void Before_version_7_the_second_operand_is_aligned_at_an_axis()
    {
        // [batch, 2, 3] + [2] at axis 1; ONNX Runtime no longer runs it, the same in later words does.
        Sequential old = new GraphSketch(6).Input("x", -1, 2, 3).Output("y").Floats("b", [2], 10, 20).Node("Add", "x b", "y", ("broadcast", 1), ("axis", 1)).Import();
        float[] expected = OnnxRun.Predict(new GraphSketch(7).Input("x", -1, 2, 3).Output("y").Floats("b", [2, 1], 10, 20).Node("Add", "x b", "y").Bytes, [1, 2, 3, 4, 5, 6], [1, 2, 3], "x");
        Assert.That(old.Predict(Tensor.Create<float>([1, 2, 3, 4, 5, 6], [1, 2, 3])).AsMatrix().Span.ToArray(), Is.EqualTo(expected));
        new GraphSketch(6).Input("x", -1, 2, 3).Output("y").Floats("b", [2], 10, 20).Node("Add", "x b", "y").Refused("(Add)", "broadcast");
    }

    [Test]
    public void Upsampling_by_attributes_and_by_an_input()
    {
        new GraphSketch(7).Input("x", -1, 2, 2, 3).Output("y").Node("Upsample", "x", "y", ("mode", "nearest"), ("scales", new[] { 1f, 1, 2, 3 })).Compare([2, 2, 2, 3]);
        new GraphSketch(9).Input("x", -1, 2, 2, 3).Output("y").Floats("s", [4], 1, 1, 2, 3).Node("Upsample", "x s", "y", ("mode", "nearest")).Compare([2, 2, 2, 3]);
        new GraphSketch(13).Input("x", -1, 2, 2, 3).Output("y").Floats("s", [4], 1, 1, 2, 3).Node("Resize", "x - s", "y", ("mode", "nearest")).Compare([2, 2, 2, 3]);
        new GraphSketch(9).Input("x", -1, 2, 2, 3).Output("y").Floats("s", [4], 1, 1, 2, 3).Node("Upsample", "x s", "y", ("mode", "linear")).Refused("(Upsample)", "nearest");
    }

    [Test]
    public void Skips_become_residual_and_parallel_layers()
    {
        Sequential shared = Weights(new GraphSketch().Input("x", -1, 3).Output("y"), "w", 3, 3).Floats("b", [3], 1, -2, 3)
            .Node("MatMul", "x w", "p").Node("Add", "p b", "q").Node("Relu", "q", "r").Node("Add", "q r", "y").Compare([5, 3]);
        Assert.That(shared.Layers.Select(layer => layer.Settings.Kind), Is.EqualTo((string[])["dense", "onnx-operators"]));
        Sequential unbiased = Weights(new GraphSketch().Input("x", -1, 3).Output("y"), "w", 3, 3).Floats("b", [3], 1, -2, 3)
            .Node("MatMul", "x w", "p").Node("Add", "p b", "q").Node("Relu", "q", "r").Node("Add", "p r", "y").Compare([5, 3]);
        Assert.That(unbiased.Layers[0].ToString(), Is.EqualTo("dense(units=3, bias=false)"));
        Sequential projected = Weights(Weights(new GraphSketch().Input("x", -1, 3).Output("y"), "w", 3, 4), "v", 3, 4)
            .Node("MatMul", "x w", "p").Node("Tanh", "p", "q").Node("MatMul", "x v", "r").Node("Add", "q r", "y").Compare([5, 3]);
        Assert.That(projected.Layers, Has.Count.EqualTo(1).And.All.InstanceOf<Residual>());
        Sequential concatenated = Weights(new GraphSketch().Input("x", -1, 3).Output("y"), "w", 3, 4).Node("MatMul", "x w", "p").Node("Concat", "x p", "y", ("axis", 1)).Compare([5, 3]);
        Assert.That(concatenated.Layers, Has.Count.EqualTo(1).And.All.InstanceOf<ParallelLayer>());
        // Values that are used across: everything that is still needed goes along.
        Weights(Weights(Weights(new GraphSketch().Input("x", -1, 3).Output("y"), "u", 3, 3), "v", 3, 3), "w", 3, 3).Node("MatMul", "x u", "a").Node("MatMul", "a v", "b").Node("MatMul", "a w", "c")
            .Node("Mul", "b c", "d").Node("Add", "d b", "e").Node("MatMul", "e u", "f").Node("Sub", "f c", "g").Node("Add", "g a", "h").Node("Max", "h x d", "y").Compare([5, 3]);
    }

    [Test]
    public void Layer_normalization_written_out() => new GraphSketch(9).Input("x", -1, 4).Output("y").Floats("two", [], 2).Floats("e", [], 1e-5f).Floats("g", [4], 1, 2, 3, 4).Floats("b", [4], 0, 1, 2, 3)
        .Node("ReduceMean", "x", "m", ("axes", new long[] { -1 })).Node("Sub", "x m", "c").Node("Pow", "c two", "s").Node("ReduceMean", "s", "v", ("axes", new long[] { -1 })).Node("Add", "v e", "ve")
        .Node("Sqrt", "ve", "d").Node("Div", "c d", "n").Node("Mul", "n g", "ng").Node("Add", "ng b", "y").Compare([5, 4]);

    [Test]
    public void Logits_and_probabilities_as_two_outputs()
    {
        GraphSketch sketch = Weights(new GraphSketch(13).Input("x", -1, 3).Output("z").Output("y"), "w", 3, 4).Node("MatMul", "x w", "z").Node("Softmax", "z", "y");
        Assert.That(sketch.Compare([5, 3]).OutputActivation, Is.EqualTo(OutputActivation.Softmax));
        Assert.That(OnnxModel.Import(new MemoryStream(sketch.Bytes), new() { OutputName = "z" }).OutputActivation, Is.EqualTo(OutputActivation.None));
        Assert.That(() => OnnxModel.Import(new MemoryStream(sketch.Bytes), new() { OutputName = "other" }), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("z, y"));
    }

    [Test]
    public void Inputs_that_are_only_passed_on_do_not_matter() => Weights(new GraphSketch(13).Input("x", -1, 3).Input("label", -1, 1).Output("x_out").Output("label_out").Output("y"), "w", 3, 2)
        .Node("Identity", "x", "x_out").Node("Identity", "label", "label_out").Node("MatMul", "x w", "s").Node("Identity", "s", "y").Import();

    [Test]
    public void Inputs_of_one_axis_are_a_sample_or_numbers_by_themselves()
    {
        Assert.That(Weights(new GraphSketch().Input("x", 3).Output("y"), "w", 3, 2).Node("MatMul", "x w", "p").Node("Tanh", "p", "y").Compare([3]).InputShape, Is.EqualTo(Shape.Create([3])));
        new GraphSketch().Input("x", -1).Output("y").Floats("c", [1], 2).Node("Mul", "x c", "p").Node("Sin", "p", "y").Compare([4]);
    }

    [Test]
    public void Other_types_of_inputs_and_weights_are_read()
    {
        new GraphSketch(13).InputOf(11, "x", -1, 2).Output("y", 11).Add("w", 11, [2, 2], t => t.DoubleData.AddRange([0.1, 0.2, 0.3, 0.4])).Node("MatMul", "x w", "y").Compare([3, 2]);
        new GraphSketch(13).InputOf(2, "x", -1, 2).Output("y").Floats("c", [], 255).Node("Cast", "x", "f", ("to", 1)).Node("Div", "f c", "y").Compare([2, 2], [0f, 10, 128, 255]);
        new GraphSketch(13).Input("x", -1, 2).Output("y").Add("w", 10, [2, 1], t => t.Int32Data.AddRange([0x3C00, 0xC100])).Node("Cast", "w", "f", ("to", 1)).Node("MatMul", "x f", "y").Compare([3, 2]);
        new GraphSketch(13).Input("x", -1, 2).Output("y").Integers("w", 3, -4).Node("Cast", "w", "f", ("to", 1)).Node("Mul", "x f", "y").Compare([3, 2]);
        new GraphSketch(13).InputOf(2, "x", -1, 2).Output("y").Node("Relu", "x", "y").Refused("(Relu)", "cast them to float");
        new GraphSketch(13).InputOf(8, "x", -1, 2).Output("y").Node("Relu", "x", "y").Refused("string (8)");
    }

    [Test]
    public void An_imported_network_is_saved_loaded_and_exported()
    {
        using var folder = new TemporaryFolder();
        GraphSketch sketch = Weights(new GraphSketch(13).Input("x", -1, 2, 3).Output("y"), "w", 3, 4).Floats("hi", [], float.PositiveInfinity).Floats("lo", [], -0.5f).Floats("s", [2, 1], 3, 0.5f)
            .Node("Mul", "x s", "a").Node("MatMul", "a w", "b").Node("Clip", "b lo hi", "c").Node("Softmax", "c", "d").Node("ReduceSum", "d", "e", ("keepdims", 1)).Node("Mul", "d c", "y");
        sketch.Model.Graph.Node.RemoveAt(4);
        Sequential network = sketch.Compare([3, 2, 3]);
        network.Save(folder.File("a.safetensors"));
        Sequential loaded = Sequential.Load(folder.File("a.safetensors"), OnnxParts.Registry);
        float[] inputs = Reference.TestValues.Uniform(18, 3, -2, 2), expected = network.Predict(Tensor.Create<float>(inputs, [3, 2, 3])).AsMatrix().Span.ToArray();
        Assert.That(loaded.Predict(Tensor.Create<float>(inputs, [3, 2, 3])).AsMatrix().Span.ToArray(), Is.EqualTo(expected));
        Assert.That(OnnxRun.Predict(network, inputs, 3), Is.EqualTo(expected).Within(1e-5));
        Assert.That(() => Sequential.Load(folder.File("a.safetensors")), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("onnx-step"));
    }

    private static void Along(Func<GraphSketch, GraphSketch> nodes) => nodes(new GraphSketch().Input("x", -1, 1).Output("y")).Compare([Wide.Length, 1], Wide);

    private static void Flattened(Func<GraphSketch, GraphSketch> nodes)
    {
        foreach (int batch in (int[])[-1, 4])
            Weights(nodes(new GraphSketch(15).Input("x", batch, 2, 3).Output("y")), "w", 6, 2).Node("MatMul", "r w", "logits").Node("Softmax", "logits", "y").Compare([4, 2, 3]);
    }

    private static GraphSketch Normalization(int opset, string outputs, params (string, object)[] attributes) => new GraphSketch(opset).Input("x", -1, 3).Output("y")
        .Floats("g", [3], 1, 2, 3).Floats("b", [3], 0, 1, 2).Floats("m0", [3], 0.5f, -0.5f, 1).Floats("v0", [3], 1, 4, 0.25f).Node("BatchNormalization", "x g b m0 v0", outputs, attributes);

    private static GraphSketch Weights(GraphSketch sketch, string name, int rows, int columns) =>
        sketch.Floats(name, [rows, columns], Reference.TestValues.Uniform(rows * columns, (ulong)(name[0] + columns)));
}
