namespace NeuralNetFromScratch.Tests.Tensors;

public class SparseRowsViewTests
{
    private static readonly int[] Offsets = [0, 2, 2, 5], Columns = [1, 4, 0, 2, 4];

    private static readonly float[] Values = [10, 20, 30, 40, 50];

    [Test]
    public void Rows_are_read_back_sparse_and_dense()
    {
        var rows = new SparseRowsView(Offsets, Columns, Values, 5);
        Assert.That((rows.Rows, rows.Columns, rows.StoredCount), Is.EqualTo((3, 5, 5)));
        Assert.That(rows.GetColumns(2).ToArray(), Is.EqualTo((int[])[0, 2, 4]));
        Assert.That(rows.GetValues(0).ToArray(), Is.EqualTo((float[])[10, 20]));
        Assert.That(rows.GetValues(1).Length, Is.Zero);
        Assert.That(Dense(rows, 0), Is.EqualTo((float[])[0, 10, 0, 0, 20]));
        Assert.That(Dense(rows, 1), Is.EqualTo(new float[5]));
    }

    [Test]
    public void A_slice_is_over_the_same_memory()
    {
        SparseRowsView slice = new SparseRowsView(Offsets, Columns, Values, 5).SliceRows(1, 2);
        Assert.That((slice.Rows, slice.StoredCount), Is.EqualTo((2, 3)));
        Assert.That(Dense(slice, 1), Is.EqualTo((float[])[30, 0, 40, 0, 50]));
        Assert.That(slice.SliceRows(2, 0).Rows, Is.Zero);
        Assert.That(() => new SparseRowsView(Offsets, Columns, Values, 5).SliceRows(2, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void The_default_view_is_empty()
    {
        SparseRowsView none = default;
        Assert.That((none.Rows, none.Columns, none.StoredCount), Is.EqualTo((0, 0, 0)));
        Assert.That(none.SliceRows(0, 0).Rows, Is.Zero);
    }

    [TestCase(new int[0], 5, "expected an offset")]
    [TestCase(new[] { -1, 2, 2, 5 }, 5, "offset 0 must not be negative")]
    [TestCase(new[] { 0, 3, 2, 5 }, 5, "offset 2 is 2, less than offset 1, 3")]
    [TestCase(new[] { 0, 2, 2, 6 }, 5, "offset 3 is 6, but there are 5 columns")]
    [TestCase(new[] { 0, 3, 3, 5 }, 5, "row 0: columns must ascend, got 0 after 4")]
    [TestCase(new[] { 0, 2, 2, 5 }, 4, "row 0: column must be 0 to 3, got 4")]
    [TestCase(new[] { 0, 2, 2, 5 }, -1, "columnCount")]
    public void Wrong_rows_are_refused(int[] offsets, int columnCount, string message) => Assert.That(
        () => _ = new SparseRowsView(offsets, Columns, Values, columnCount), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));

    [Test]
    public void Missing_items_are_refused()
    {
        Assert.That(() => _ = new SparseRowsView(Offsets, Columns, Values.AsSpan(1), 5), Throws.ArgumentException.With.Message.Contains("5 columns, but 4 values"));
        Assert.That(() => _ = new SparseRowsView([0, 2], [3, 3], [1, 1], 5), Throws.ArgumentException.With.Message.Contains("got 3 after 3"));
        Assert.That(() => new SparseRowsView(Offsets, Columns, Values, 5).GetColumns(3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new SparseRowsView(Offsets, Columns, Values, 5).CopyRowTo(0, new float[4]), Throws.ArgumentException);
    }

    [Test]
    public void A_batch_has_a_dense_block_sparse_rows_or_both()
    {
        var sparse = new SparseRowsView(Offsets, Columns, Values, 5);
        var dense = new ReadOnlyMatrixView([1, 2, 3, 4, 5, 6], 3, 2);
        var both = new BatchView(dense, sparse);
        Assert.That((both.Rows, both.Columns, both.IsDense), Is.EqualTo((3, 7, false)));
        var all = new float[14];
        both.SliceRows(1, 2).CopyTo(new MatrixView(all, 2, 7));
        Assert.That(all, Is.EqualTo((float[])[3, 4, 0, 0, 0, 0, 0, 5, 6, 30, 0, 40, 0, 50]));

        var only = new BatchView(default, sparse);
        Assert.That((only.Rows, only.Columns, only.Dense.Columns, only.SliceRows(2, 1).Rows), Is.EqualTo((3, 5, 0, 1)));
        BatchView plain = dense;
        Assert.That((plain.Rows, plain.Columns, plain.IsDense, plain.Sparse.Columns), Is.EqualTo((3, 2, true, 0)));
        Assert.That(() => _ = new BatchView(new ReadOnlyMatrixView([1, 2], 2, 1), new SparseRowsView(Offsets, Columns, Values, 5)), Throws.ArgumentException.With.Message.Contains("2 sparse rows, the number of dense ones, got 3"));
        Assert.That(() => new BatchView(new ReadOnlyMatrixView([1], 1, 1)).CopyTo(new MatrixView(new float[2], 1, 2)), Throws.ArgumentException.With.Message.Contains("[1, 1], got [1, 2]"));
    }

    private static float[] Dense(SparseRowsView rows, int row)
    {
        var dense = new float[rows.Columns];
        rows.CopyRowTo(row, dense);
        return dense;
    }
}
