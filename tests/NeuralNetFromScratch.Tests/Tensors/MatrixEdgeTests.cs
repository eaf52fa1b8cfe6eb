namespace NeuralNetFromScratch.Tests.Tensors;

public class MatrixEdgeTests
{
    [Test]
    public void Matrices_without_rows_or_columns_have_empty_parts()
    {
        var noColumns = new MatrixView([], 2, 0);
        var noRows = new MatrixView([], 0, 3);
        Assert.That(noColumns.Row(1).Length + ((ReadOnlyMatrixView)noColumns).Row(1).Length, Is.Zero);
        Assert.That(noColumns.SliceRows(0, 1).Rows, Is.EqualTo(1));
        Assert.That(noRows.SliceColumns(1, 2).Columns, Is.EqualTo(2));
        Assert.That(((ReadOnlyMatrixView)noRows).SliceRows(0, 0).Rows, Is.Zero);
    }

    [Test]
    public void A_product_without_rows_or_columns_does_nothing_and_one_without_depth_is_zero()
    {
        float[] c = [1, 2, 3, 4];
        Matrix.Multiply(new([], 0, 2), new(new float[6], 2, 3), new([], 0, 3));
        Matrix.Multiply(new(new float[6], 3, 2), new([], 2, 0), new([], 3, 0));
        new Engine(1).Multiply(new([], 0, 2), new(new float[6], 2, 3), new([], 0, 3));
        Matrix.Multiply(new([], 2, 0), new([], 0, 2), new(c, 2, 2));
        Assert.That(c, Is.All.Zero);
    }

    [Test]
    public void A_product_goes_into_a_transposed_destination_too()
    {
        float[] a = [1, 2, 3, 4, 5, 6], b = [1, 0, 2, 1, 0, 3], plain = new float[4], turned = new float[4];
        Matrix.Multiply(new(a, 2, 3), new(b, 3, 2), new(plain, 2, 2));
        Matrix.Multiply(new(a, 2, 3), new(b, 3, 2), new MatrixView(turned, 2, 2).Transposed);
        Assert.That(plain, Is.EqualTo((float[])[5, 11, 14, 23]));
        Assert.That(turned, Is.EqualTo((float[])[5, 14, 11, 23]));
    }
}
