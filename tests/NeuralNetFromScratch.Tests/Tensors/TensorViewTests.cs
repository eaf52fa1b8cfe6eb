using System.Numerics.Tensors;
using NeuralNetFromScratch.Tests.Reference;

namespace NeuralNetFromScratch.Tests.Tensors;

/// <summary>
/// Tensors of the base class library at the library's edge. This file has the namespaces of both, as programs have: no name in it may be
/// ambiguous.
/// </summary>
public class TensorViewTests
{
    private const int Features = 6, Outputs = 3;

    private static readonly Sequential Network = new([2, 3], seed: 4, new Dense(Outputs, Activation.Tanh)) { OutputActivation = OutputActivation.Softmax };

    [Test]
    public void A_tensor_that_is_null_is_refused_by_name()
    {
        Sequential network = new([4], 1, new Dense(3)) { OutputActivation = OutputActivation.Softmax };
        Assert.That(() => network.Predict((Tensor<float>)null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("batch"));
        Assert.That(() => ((Tensor<float>)null!).AsMatrix(), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("tensor"));
    }

    [Test]
    public void A_dense_tensor_is_a_matrix_over_the_same_memory()
    {
        var tensor = Tensor.Create<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        MatrixView matrix = tensor.AsMatrix();
        matrix[1, 2] = 60;
        Assert.That((tensor[1, 0], tensor[1, 2]), Is.EqualTo((4f, 60f)));
        ReadOnlyMatrixView reading = tensor.AsReadOnlyTensorSpan().AsMatrix();
        Assert.That((reading.Rows, reading.Columns, reading[1, 2]), Is.EqualTo((2, 3, 60f)));
    }

    [TestCase(new[] { 7 }, 7, 1)]
    [TestCase(new[] { 2, 3, 4 }, 2, 12)]
    [TestCase(new[] { 7, 1 }, 7, 1)]
    [TestCase(new[] { 1, 1 }, 1, 1)]
    [TestCase(new[] { 2, 1, 5 }, 2, 5)]
    [TestCase(new[] { 5, 2, 1 }, 5, 2)]
    [TestCase(new[] { 0, 5 }, 0, 5)]
    [TestCase(new[] { 3, 0, 2 }, 3, 0)]
    public void The_first_dimension_is_the_rows(int[] dimensions, int rows, int columns)
    {
        Tensor<float> tensor = Tensor.CreateFromShape<float>([.. dimensions.Select(dimension => (nint)dimension)]);
        ReadOnlyMatrixView reading = tensor.AsReadOnlyTensorSpan().AsMatrix();
        Assert.That((tensor.AsMatrix().Rows, tensor.AsMatrix().Columns, reading.Rows, reading.Columns), Is.EqualTo((rows, columns, rows, columns)));
    }

    [Test]
    public void A_matrix_over_a_tensor_that_is_not_dense_is_refused()
    {
        var tensor = Tensor.Create<float>([1, 2, 3, 4, 5, 6], [2, 3]);
        Assert.That(() => Tensor.Transpose(tensor).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("the tensor [3, 2] is not dense"));
        Assert.That(() => tensor.Slice([0..2, 1..3]).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("copy it with ToDenseTensor"));
        Assert.That(() => tensor.AsReadOnlyTensorSpan().Slice([0..2, 1..3]).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("not dense"));
        Assert.That(tensor.Slice([0..2, 1..3]).ToDenseTensor().AsMatrix()[1, 0], Is.EqualTo(5));
        Assert.That(() => new ReadOnlyTensorSpan<float>([1, 2, 3], [2, 3], [0, 1]).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("not dense"), "repeated rows");
        Assert.That(() => tensor.AsReadOnlyTensorSpan().Slice([0..2, 1..2]).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("not dense"), "one column");
        Assert.That(() => ((Tensor<float>)null!).AsMatrix().Rows, Throws.ArgumentNullException);
        Assert.That(() => default(ReadOnlyTensorSpan<float>).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("no dimension"));
    }

    [Test]
    public void Slices_transposes_and_dense_tensors_of_the_same_samples_give_the_same_predictions()
    {
        float[] values = TestValues.Uniform(5 * Features, 1), wide = TestValues.Uniform(5 * (Features + 2), 2), turned = new float[5 * Features];
        for (int row = 0; row < 5; row++)
        {
            for (int column = 0; column < Features; column++)
            {
                wide[row * (Features + 2) + 1 + column] = values[row * Features + column];
                turned[column * 5 + row] = values[row * Features + column];
            }
        }

        float[] expected = Predict(Tensor.Create(values, [5, Features]));
        Assert.That(Predict(Tensor.Create(values, [5, 2, 3])), Is.EqualTo(expected), "of the input shape");
        Assert.That(Predict(Tensor.Create(wide, [5, Features + 2]).Slice([0..5, 1..7])), Is.EqualTo(expected), "a slice of columns");
        Assert.That(Predict(Tensor.Transpose(Tensor.Create(turned, [Features, 5]))), Is.EqualTo(expected), "a transpose");
        Assert.That(Predict(Tensor.Create(values, [5, Features]).Slice([1..3, 0..6])), Is.EqualTo(expected[Outputs..(3 * Outputs)]), "a slice of rows");
        Assert.That(Network.Predict(new ReadOnlyTensorSpan<float>(values, [5, Features])).AsMatrix().Span.ToArray(), Is.EqualTo(expected), "a span");
    }

    [Test]
    public void An_array_is_a_tensor_of_rank_1()
    {
        var flat = new Sequential([Features], seed: 4, new Dense(Outputs)) { OutputActivation = OutputActivation.None };
        Assert.That(flat.Predict(new float[Features]).Lengths.ToArray(), Is.EqualTo((nint[])[1, Outputs]), "one sample of the input shape");
        Assert.That(() => flat.Predict(new float[2 * Features]), Throws.ArgumentException.With.Message.Contains("expected input [batch, 6], got [12]"));
        Assert.That(() => Network.Predict(new float[Features]), Throws.ArgumentException.With.Message.Contains("expected input [batch, 2, 3], got [6]"));
    }

    [TestCase(5, 7)]
    [TestCase(2, 3, 5)]
    [TestCase(5, 3, 2)]
    [TestCase(1, 5, 2, 3)]
    [TestCase(3, 2)]
    public void Another_rank_or_shape_is_refused(params int[] dimensions)
    {
        Tensor<float> batch = Tensor.CreateFromShape<float>([.. dimensions.Select(dimension => (nint)dimension)]);
        Assert.That(
            () => Network.Predict(batch),
            Throws.ArgumentException.With.Message.Contains($"dense1: expected input [batch, 2, 3], got [{string.Join(", ", dimensions)}]")
                .And.Property("ParamName").EqualTo("batch"));
    }

    [Test]
    public void No_samples_give_no_predictions()
    {
        Assert.That(Network.Predict(Tensor.CreateFromShape<float>([0, Features])).Lengths.ToArray(), Is.EqualTo((nint[])[0, Outputs]));
        Assert.That(Network.Predict(Tensor.CreateFromShape<float>([0, 2, 3])).AsMatrix().Rows, Is.Zero);
        Assert.That(() => Network.Predict(default(ReadOnlyTensorSpan<float>)), Throws.ArgumentException.With.Message.Contains("no dimension"));
        Assert.That(() => Network.Predict(Tensor<float>.Empty), Throws.ArgumentException);
    }

    [Test]
    public void Tensors_of_too_many_dimensions_or_elements_are_refused()
    {
        nint[] ranks = [.. Enumerable.Repeat((nint)1, 17)];
        Assert.That(() => Tensor.CreateFromShape<float>(ranks).AsMatrix().Rows, Throws.ArgumentException.With.Message.Contains("the tensor has 17 dimensions; the maximum is 16"));
        Assert.That(() => Network.Predict(Tensor.CreateFromShape<float>(ranks)), Throws.ArgumentException.With.Property("ParamName").EqualTo("batch"));
        Assert.That(
            () => Network.Predict(new ReadOnlyTensorSpan<float>([1], [1 << 20, 1 << 20], [0, 0])),
            Throws.ArgumentException.With.Message.Contains("the tensor has 1099511627776 elements").And.Property("ParamName").EqualTo("batch"), "one element repeated");
        Assert.That(
            () => Network.Predict(new ReadOnlyTensorSpan<float>([1], [0, (nint)1 << 40], [0, 0])),
            Throws.ArgumentException.With.Message.Contains("dimension 1 of the tensor is 1099511627776"));
    }

    [Test]
    public void One_sample_repeated_by_a_stride_of_0_is_predicted_as_often()
    {
        float[] sample = TestValues.Uniform(Features, 3), once = Predict(new ReadOnlyTensorSpan<float>(sample, [1, Features]));
        Assert.That(Predict(new ReadOnlyTensorSpan<float>(sample, [3, Features], [0, 1])), Is.EqualTo((float[])[.. once, .. once, .. once]));
    }

    private static float[] Predict(in ReadOnlyTensorSpan<float> batch) => Network.Predict(batch).AsMatrix().Span.ToArray();
}
