using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;
using NeuralNetFromScratch.Onnx;

namespace NeuralNetFromScratch.Tests.Onnx;

/// <summary>What ML.NET exports, against its own predictions. Such models pass all columns on to outputs of their own.</summary>
public class OnnxMlNetTests
{
    private static readonly string[] Classes = ["small", "middle", "large"];

    private readonly MLContext _context = new(seed: 1);

    [Test]
    public void A_logistic_regression()
    {
        (Sequential network, IDataView predictions) = Convert(
            _context.Transforms.NormalizeMinMax("Features").Append(_context.BinaryClassification.Trainers.LbfgsLogisticRegression("IsLarge")));
        AssertSame(network, [.. predictions.GetColumn<float>("Probability")]);
    }

    [Test]
    public void A_regression()
    {
        (Sequential network, IDataView predictions) = Convert(
            _context.Transforms.NormalizeMeanVariance("Features").Append(_context.Regression.Trainers.Sdca("Target", maximumNumberOfIterations: 10)));
        AssertSame(network, [.. predictions.GetColumn<float>("Score")]);
    }

    [Test]
    public void A_classifier_of_several_classes_with_their_names()
    {
        (Sequential network, IDataView predictions) = Convert(_context.Transforms.Conversion.MapValueToKey("Key", "Class")
            .Append(_context.Transforms.NormalizeMinMax("Features")).Append(_context.MulticlassClassification.Trainers.LbfgsMaximumEntropy("Key")));
        AssertSame(network, [.. predictions.GetColumn<float[]>("Score").SelectMany(scores => scores)]);
        Assert.That(network.ClassNames, Is.EquivalentTo(Classes));
    }

    private (Sequential Network, IDataView Predictions) Convert(IEstimator<ITransformer> estimator)
    {
        IDataView data = _context.Data.LoadFromEnumerable(Rows());
        ITransformer model = estimator.Fit(data);
        using var stream = new MemoryStream();
        _context.Model.ConvertToOnnx(model, data, stream);
        return (OnnxModel.Import(new MemoryStream(stream.ToArray())), model.Transform(data));
    }

    private static void AssertSame(Sequential network, float[] expected)
    {
        float[] inputs = [.. Rows().SelectMany(row => row.Features)];
        Assert.That(network.Predict(Tensor.Create<float>(inputs, [inputs.Length / 3, 3])).AsMatrix().Span.ToArray(), Is.EqualTo(expected).Within(1e-5));
    }

    private static Row[] Rows()
    {
        float[] values = Reference.TestValues.Uniform(600, 1, -2, 2);
        return [.. Enumerable.Range(0, 200).Select(i => new Row(values[3 * i], values[3 * i + 1], 50 * values[3 * i + 2]))];
    }

    /// <summary>A sample as ML.NET takes it.</summary>
    public sealed class Row(float a, float b, float c)
    {
        [VectorType(3)]
        public float[] Features { get; } = [a, b, c];

        public bool IsLarge { get; } = a + b > 0;

        public string Class { get; } = a > 0.5f ? Classes[2] : b > 0 ? Classes[1] : Classes[0];

        public float Target { get; } = 2 * a - b + c / 50;
    }
}
