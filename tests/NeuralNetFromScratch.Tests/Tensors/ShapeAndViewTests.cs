namespace NeuralNetFromScratch.Tests.Tensors;

public class ShapeAndViewTests
{
    [Test]
    public void A_shape_spreads_into_its_dimensions()
    {
        Shape shape = Shape.Create([2, 3, 4]);
        int[] dimensions = [.. shape];
        Assert.That(dimensions, Is.EqualTo((int[])[2, 3, 4]));
    }

    [Test]
    public void Shapes_know_their_sizes()
    {
        Shape shape = [28, 27, 1];
        Assert.That((shape.Rank, shape.ElementCount, shape[1], shape[^1]), Is.EqualTo((3, 756, 27, 1)));
        Assert.That(shape.ToString(), Is.EqualTo("[28, 27, 1]"));
        Assert.That(shape, Is.EqualTo(Shape.Create([28, 27, 1])));
        Assert.That(shape == Shape.Create([28, 27]), Is.False);
        Assert.That(shape.GetHashCode(), Is.EqualTo(Shape.Create([28, 27, 1]).GetHashCode()));
        Assert.That(shape.Prepend(5).ToString(), Is.EqualTo("[5, 28, 27, 1]"));
        Assert.That(default(Shape).ElementCount, Is.EqualTo(1), "a scalar");
        Assert.That(default(Shape), Is.EqualTo(Shape.Create([])));
    }

    [Test]
    public void Shapes_that_make_no_sense_are_refused()
    {
        Assert.That(() => Shape.Create([-1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => Shape.Create([65536, 65536]), Throws.ArgumentException);
        Assert.That(() => Shape.Create([0, 65536, 65536]), Throws.ArgumentException);
    }

    [Test]
    public void Views_are_transposed_and_sliced_in_place()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        var matrix = new MatrixView(values, 2, 3);
        Assert.That(matrix.Transposed[2, 1], Is.EqualTo(6));
        Assert.That(matrix.SliceColumns(1, 2)[1, 0], Is.EqualTo(5));
        Assert.That(matrix.SliceRows(1, 1)[0, 2], Is.EqualTo(6));
        matrix.Transposed[0, 1] = 40;
        Assert.That(values[3], Is.EqualTo(40));
        ReadOnlyMatrixView reading = matrix;
        Assert.That(reading.Row(1).ToArray(), Is.EqualTo((float[])[40, 5, 6]));
        Assert.That(reading.Transposed.SliceRows(1, 2)[1, 0], Is.EqualTo(3));
        Assert.That(reading.SliceColumns(3, 0).Columns, Is.Zero);
    }

    [Test]
    public void Views_check_their_bounds()
    {
        float[] values = new float[6];
        Assert.That(() => new MatrixView(values, 2, 4)[0, 0], Throws.ArgumentException.With.Message.Contains("needs 8 values, got 6"));
        Assert.That(() => new MatrixView(values, 2, 3)[2, 0], Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("has 2 rows"));
        Assert.That(() => new ReadOnlyMatrixView(values, 2, 3)[0, 3], Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("has 3 columns"));
        Assert.That(() => new MatrixView(values, -1, 3)[0, 0], Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MatrixView(values, 2, 2, 1, 1)[0, 0], Throws.ArgumentException.With.Message.Contains("overlap"));
        Assert.That(() => new MatrixView(values, 2, 3).Transposed.Row(0).Length, Throws.InvalidOperationException.With.Message.Contains("not contiguous"));
        Assert.That(() => new MatrixView(values, 2, 3).SliceRows(1, 2).Rows, Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ReadOnlyMatrixView(values, 2, 3).SliceColumns(-1, 2).Rows, Throws.InstanceOf<ArgumentOutOfRangeException>());
    }
}
