using System.Numerics.Tensors;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>Models as converters of scikit-learn and Keras write them, node by node, against ONNX Runtime.</summary>
public class OnnxConverterTests
{
    private static readonly string[] Names = ["cat", "dog"];

    private static readonly float[] Imputed = [7, 8], ImputedAlike = [7], Coefficients = [1, -2], Intercepts = [0.5f], Offsets = [1, 2], Scales = [0.5f, 2];

    [Test]
    public void Two_class_perceptron_with_and_without_dictionaries([Values] bool zips)
    {
        GraphSketch sketch = new GraphSketch(13).Input("x", -1, 3).Floats("w", [3, 4], Reference.TestValues.Uniform(12, 1)).Floats("b", [1, 4], 1, -1, 0.5f, 0).Floats("v", [4, 1], 1, 2, -1, 0.3f).Floats("c", [1, 1], 0.1f)
            .Floats("one", [], 1).Texts("classes", Names).Integers("shape", -1)
            .Node("Cast", "x", "xf", ("to", 1)).Node("MatMul", "xf w", "p").Node("Add", "p b", "q").Node("Relu", "q", "r").Node("MatMul", "r v", "s").Node("Add", "s c", "t").Node("Sigmoid", "t", "u")
            .Node("Sub", "one u", "not").Node("Concat", "not u", "probabilities", ("axis", 1)).Node("ArgMax", "probabilities", "place", ("axis", 1)).Node("ArrayFeatureExtractor", "classes place", "label2")
            .Node("Reshape", "label2 shape", "label");
        sketch.Output("label", 8);
        if (zips)
        {
            sketch.Node("ZipMap", "probabilities", "y", ("classlabels_strings", Names));
            sketch.Model.Graph.Output.Add(new NeuralNetFromScratch.Onnx.Protos.ValueInfoProto { Name = "y" });
        }
        else
        {
            sketch.Node("Identity", "probabilities", "y").Output("y");
        }

        Sequential network = sketch.Import();
        Assert.That(network.ClassNames, Is.EqualTo(Names));
        float[] inputs = Reference.TestValues.Uniform(15, 2, -2, 2);
        // ONNX Runtime asks for the type of a list of dictionaries, which the reader here has no field for: the tensor that it is made of will do.
        sketch.Output("probabilities");
        if (zips)
        {
            sketch.Model.Graph.Output.RemoveAt(1);
            sketch.Model.Graph.Node.RemoveAt(sketch.Model.Graph.Node.Count - 1);
        }

        Assert.That(network.Predict(Tensor.Create<float>(inputs, [5, 3])).AsMatrix().Span.ToArray(), Is.EqualTo(OnnxRun.Predict(sketch.Bytes, inputs, [5, 3], "x", "probabilities")).Within(1e-6));
    }

    [TestCase("NONE", 3)]
    [TestCase("SOFTMAX", 3)]
    [TestCase("LOGISTIC", 3)]
    [TestCase("NONE", 1)]
    [TestCase("LOGISTIC", 1)]
    public void Linear_classifier(string transform, int scores)
    {
        GraphSketch sketch = new GraphSketch(13).Input("x", -1, 2).Output("label", 7).Output("y").Node(
            "LinearClassifier", "x", "label y", ("coefficients", new[] { 1f, -2, 0.5f, 1, 2, -1 }[..(2 * scores)]), ("intercepts", new[] { 0.1f, -0.2f, 0.3f }[..scores]),
            ("classlabels_ints", new long[] { 5, 7, 9 }[..Math.Max(scores, 2)]), ("post_transform", transform), ("multi_class", 1));
        Sequential network = sketch.Compare([6, 2]);
        Assert.That(network.ClassNames, Is.EqualTo(((string[])["5", "7", "9"])[..Math.Max(scores, 2)]));
    }

    [TestCase("MAX")]
    [TestCase("L1")]
    [TestCase("L2")]
    public void Normalizer(string norm) =>
        new GraphSketch(13).Input("x", -1, 3).Output("y").Node("Normalizer", "x", "y", ("norm", norm)).Compare([3, 3], [1f, 2, 3, -4, 5, 0.5f, 0, 0, 0]);

    [Test]
    public void Imputer()
    {
        new GraphSketch(13).Input("x", -1, 2).Output("y").Node("Imputer", "x", "y", ("imputed_value_floats", Imputed), ("replaced_value_float", float.NaN)).Compare([2, 2], [float.NaN, 1, 2, float.NaN]);
        new GraphSketch(13).Input("x", -1, 2).Output("y").Node("Imputer", "x", "y", ("imputed_value_floats", ImputedAlike), ("replaced_value_float", -1f)).Compare([2, 2], [-1f, 1, 2, -1]);
    }

    [Test]
    public void Linear_regressor_and_scaler() => new GraphSketch(13).Input("x", -1, 2).Output("y").Node("Scaler", "x", "s", ("offset", Offsets), ("scale", Scales))
        .Node("LinearRegressor", "s", "y", ("coefficients", Coefficients), ("intercepts", Intercepts), ("targets", 1)).Compare([4, 2]);

    [Test]
    public void Keras_with_batch_normalization_as_a_factor_and_a_shift()
    {
        GraphSketch sketch = new GraphSketch(13).Input("x", -1, 2, 2).Output("y").Integers("shape", -1, 4).Floats("w", [4, 3], Reference.TestValues.Uniform(12, 4)).Floats("b", [3], 1, 2, 3)
            .Floats("scale", [3], 0.5f, 2, -1).Floats("shift", [3], 0.1f, 0.2f, 0.3f)
            .Node("Reshape", "x shape", "f").Node("MatMul", "f w", "p").Node("Add", "p b", "q").Node("Mul", "q scale", "s").Node("Add", "s shift", "t").Node("LeakyRelu", "t", "y", ("alpha", 0.3f));
        Sequential network = sketch.Compare([3, 2, 2]);
        Assert.That(network.Layers.Select(layer => layer.Settings.Kind), Is.EqualTo((string[])["dense", ScaleShift.Kind, ActivationLayer.Kind]));
    }

    [Test]
    public void Labels_alone_are_refused_with_the_names_of_the_outputs() =>
        new GraphSketch(13).Input("x", -1, 3).Output("label", 7).Node("ArgMax", "x", "label").Refused("no float output", "label");

    [Test]
    public void Parts_without_counterpart_are_refused_with_a_remedy()
    {
        new GraphSketch(13).Input("x", -1, 3).Output("y").Node("TreeEnsembleRegressor", "x", "y").Refused("\"node0\" (TreeEnsembleRegressor)", "is not supported");
        new GraphSketch(13).Input("x", -1, 3, 2).Output("y").Node("LSTM", "x", "y").Refused("\"node0\" (LSTM)", "recurrent");
        new GraphSketch(13).Input("x", -1, 3).Input("z", -1, 3).Output("y").Node("Add", "x z", "y").Refused("has 2 inputs (x, z)", "join them");
        new GraphSketch(13).Input("x", -1, 3).Output("y").Node("CumSum", "x", "y").Refused("\"node0\" (CumSum)", "outside the model");
    }
}
