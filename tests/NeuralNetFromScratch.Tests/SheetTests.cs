using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests;

/// <summary>
/// The lab sheet, formula by formula, in double precision and in its own column form (samples are columns), beside what the library
/// computes in row form.
/// </summary>
public class SheetTests
{
    private const int Inputs = 784, Hidden = 12, Classes = 10, Samples = 37;
    private const float LearningRate = 0.1f;

    [Test]
    public void One_step_of_the_library_is_one_step_of_the_sheet()
    {
        var network = new Sequential(
            [Inputs], 5, new Dense(Hidden, Activation.Relu, biasInitializer: Initializer.Uniform(-0.5f, 0.5f)), new Dense(Classes, biasInitializer: Initializer.Uniform(-0.5f, 0.5f)));
        float[] pixels = TestValues.Uniform(Samples * Inputs, 1, 0, 1);
        int[] labels = TestValues.Labels(Samples, Classes, 2);

        // The sheet keeps a sample in each column, and W with an output in each row.
        DoubleMatrix x = DoubleMatrix.From(pixels, Samples, Inputs).Transposed;
        DoubleMatrix y = DoubleMatrix.Build(Classes, Samples, (i, j) => labels[j] == i ? 1 : 0);
        DoubleMatrix w1 = Value(network, "dense1.weight").Transposed, b1 = Value(network, "dense1.bias");
        DoubleMatrix w2 = Value(network, "dense2.weight").Transposed, b2 = Value(network, "dense2.bias");

        // Forward: Z1 = W1·X + b1, A1 = ReLU(Z1), Z2 = W2·A1 + b2, A2 = softmax(Z2)
        DoubleMatrix z1 = PlusColumn(w1.Times(x), b1);
        DoubleMatrix a1 = z1.Map(z => Math.Max(z, 0));
        DoubleMatrix z2 = PlusColumn(w2.Times(a1), b2);
        DoubleMatrix exponentials = z2.Map(Math.Exp), sums = exponentials.Transposed.RowSums();
        DoubleMatrix a2 = DoubleMatrix.Build(Classes, Samples, (i, j) => exponentials[i, j] / sums[j, 0]);

        // Loss: L = −(1/m) Σ Σ Y log A
        double loss = -y.Combine(a2, (target, a) => target == 0 ? 0 : target * Math.Log(a)).RowSums().Transposed.RowSums()[0, 0] / Samples;

        // Backpropagation
        DoubleMatrix dz2 = a2.Combine(y, (a, target) => a - target);
        DoubleMatrix dw2 = dz2.Times(a1.Transposed).Map(v => v / Samples), db2 = dz2.RowSums().Map(v => v / Samples);
        DoubleMatrix dz1 = w2.Transposed.Times(dz2).Combine(z1, (g, z) => z > 0 ? g : 0);
        DoubleMatrix dw1 = dz1.Times(x.Transposed).Map(v => v / Samples), db1 = dz1.RowSums().Map(v => v / Samples);

        network.OutputActivation = OutputActivation.Softmax;
        Tensor<float> predicted = network.Predict(Tensor.Create<float>(pixels, [Samples, Inputs]));
        a2.Transposed.AssertClose(predicted.AsMatrix().Span, 2e-6, "A2");
        var trainer = new Trainer(network, new SoftmaxCrossEntropy(), new Sgd(LearningRate));
        float actualLoss = trainer.TrainStep(new ReadOnlyMatrixView(pixels, Samples, Inputs), labels);
        Assert.That(actualLoss, Is.EqualTo(loss).Within(1e-6));
        dw1.Transposed.AssertClose(network.Parameters["dense1.weight"].Gradients, 1e-6, "dW1");
        db1.Transposed.AssertClose(network.Parameters["dense1.bias"].Gradients, 1e-6, "db1");
        dw2.Transposed.AssertClose(network.Parameters["dense2.weight"].Gradients, 1e-6, "dW2");
        db2.Transposed.AssertClose(network.Parameters["dense2.bias"].Gradients, 1e-6, "db2");

        // Update: W ← W − α dW, b ← b − α db
        w1.Combine(dw1, Update).Transposed.AssertClose(network.Parameters["dense1.weight"].Values, 1e-6, "W1");
        b1.Combine(db1, Update).Transposed.AssertClose(network.Parameters["dense1.bias"].Values, 1e-6, "b1");
        w2.Combine(dw2, Update).Transposed.AssertClose(network.Parameters["dense2.weight"].Values, 1e-6, "W2");
        b2.Combine(db2, Update).Transposed.AssertClose(network.Parameters["dense2.bias"].Values, 1e-6, "b2");
    }

    [Test]
    public void The_class_with_the_highest_probability_is_the_prediction()
    {
        Assert.That(Argmax.Of([0.1f, 0.7f, 0.2f]), Is.EqualTo(1));
        Assert.That(Argmax.Of([0.4f, 0.4f, 0.2f]), Is.EqualTo(0), "the first of equals");
        Assert.That(Argmax.Of([float.NaN, float.NegativeInfinity]), Is.EqualTo(1));
        Assert.That(Argmax.Of([float.NaN, float.NaN]), Is.EqualTo(-1), "no prediction");
    }

    /// <summary>All rows of three values from a set that has equal ones, both infinities and NaN.</summary>
    [Test]
    public void An_index_is_the_prediction_if_and_only_if_the_search_finds_it()
    {
        float[] values = [float.NaN, float.NegativeInfinity, -1, -0f, 0, 2, float.PositiveInfinity];
        foreach (float first in values)
        {
            foreach (float second in values)
            {
                foreach (float third in values)
                {
                    float[] row = [first, second, third];
                    for (int index = 0; index < row.Length; index++)
                        Assert.That(Argmax.Is(index, row), Is.EqualTo(Argmax.Of(row) == index), $"{index} of {first}, {second}, {third}");
                }
            }
        }
    }

    private static double Update(double value, double gradient) => value - LearningRate * gradient;

    private static DoubleMatrix Value(Sequential network, string name)
    {
        Parameter parameter = network.Parameters[name];
        return parameter.Shape.Rank == 2
            ? DoubleMatrix.From(parameter.Values, parameter.Shape[0], parameter.Shape[1])
            : DoubleMatrix.From(parameter.Values, parameter.Shape[0], 1);
    }

    private static DoubleMatrix PlusColumn(DoubleMatrix matrix, DoubleMatrix column) =>
        DoubleMatrix.Build(matrix.Rows, matrix.Columns, (i, j) => matrix[i, j] + column[i, 0]);
}
