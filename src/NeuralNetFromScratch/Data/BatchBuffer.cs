using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// Memory for the samples of a step, or of a block of its rows. It grows to the largest batch that it has held; loading a batch allocates nothing
/// once warm. Samples of a data set are gathered by the engine's workers; the caller's contiguous samples are read in place.
/// </summary>
internal sealed class BatchBuffer
{
    private AlignedBuffer _dense = new(0), _targets = new(0);
    private int[] _indices = [], _labels = [], _offsets = [], _columns = [];
    private float[] _weights = [], _values = [];
    private float[][] _workerMemory = [];
    private int _rows, _denseColumns, _sparseColumns, _targetLength;
    private bool _hasLabels, _hasWeights;

    /// <summary>Loads samples into memory.</summary>
    /// <param name="engine">The engine whose workers share the rows.</param>
    /// <param name="source">The source of the samples.</param>
    /// <param name="start">The index of the first row of the source.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="outputs">The exclusive upper bound of the labels.</param>
    /// <param name="ignored">A further label that is allowed; null for none.</param>
    /// <returns>The samples, valid until the next call.</returns>
    /// <exception cref="ArgumentException">A label, weight or sparse row of the data set is invalid. The message names the sample.</exception>
    public SampleBatch Load(Engine engine, scoped in BatchSource source, int start, int rows, int outputs, int? ignored = null)
    {
        if (source.Dataset is not { } dataset)
            return Borrow(source.Memory(start, rows));
        SampleBatch samples = Gather(engine, dataset, source.Indices.Slice(start, rows), source, wantsTargets: true, outputs, ignored);
        return source.Mixup.IsOn ? Mix(engine, source.Mixup.From(start), outputs) : samples;
    }

    /// <summary>Loads the features of samples into memory.</summary>
    /// <param name="engine">The engine whose workers share the rows.</param>
    /// <param name="dataset">The data set.</param>
    /// <param name="indices">The indices of the samples.</param>
    /// <returns>The features, valid until the next call.</returns>
    public BatchView LoadFeatures(Engine engine, Dataset dataset, scoped ReadOnlySpan<int> indices) =>
        Gather(engine, dataset, indices, default, wantsTargets: false, outputs: 0, ignored: null).Inputs;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private SampleBatch Gather(
        Engine engine, Dataset dataset, scoped ReadOnlySpan<int> indices, scoped in BatchSource source, bool wantsTargets, int outputs, int? ignored)
    {
        _rows = indices.Length;
        _sparseColumns = dataset.SparseColumnCount;
        _denseColumns = dataset.SampleShape.ElementCount - _sparseColumns;
        _targetLength = wantsTargets ? dataset.TargetLength : 0;
        _hasLabels = wantsTargets && _targetLength == 0;
        _hasWeights = wantsTargets && dataset.HasWeights;
        indices.CopyTo(Reserve(ref _indices, _rows));
        Reserve(ref _dense, checked(_rows * _denseColumns));
        Reserve(ref _targets, checked(_rows * _targetLength));
        if (_hasLabels)
            Reserve(ref _labels, _rows);
        if (_hasWeights)
            Reserve(ref _weights, _rows);
        long work = (long)_rows * (_denseColumns + _targetLength) + ReserveSparse(dataset, indices);
        if (_workerMemory.Length < engine.ThreadCount)
            _workerMemory = [.. Enumerable.Repeat(Array.Empty<float>(), engine.ThreadCount)];
        engine.Run(
            new GatherJob(this, dataset, source.Augmentation, source.Random, outputs, ignored),
            engine.WorkersFor(work, source.Augmentation is null ? Tuning.GatherGrain : Tuning.AugmentationGrain));
        return View();
    }

    /// <summary>Computes the offset of each sparse row, and returns the number of all values.</summary>
    private int ReserveSparse(Dataset dataset, ReadOnlySpan<int> indices)
    {
        if (_sparseColumns == 0)
            return 0;
        Span<int> offsets = Reserve(ref _offsets, _rows + 1);
        for (int row = 0; row < indices.Length; row++)
        {
            int length = dataset.GetSparseLength(indices[row]);
            if ((uint)length > (uint)_sparseColumns)
                throw new ArgumentException($"sample {indices[row]}: expected 0 to {_sparseColumns} sparse values, got {length}");
            offsets[row + 1] = checked(offsets[row] + length);
        }

        Reserve(ref _columns, offsets[^1]);
        Reserve(ref _values, offsets[^1]);
        return offsets[^1];
    }

    /// <summary>Mixes the samples that have been gathered. Labels get rows of targets.</summary>
    private SampleBatch Mix(Engine engine, Mixup mixup, int outputs)
    {
        if (_hasLabels)
            Reserve(ref _targets, checked(_rows * (_targetLength = outputs)));
        Span<int> order = Reserve(ref _indices, _rows);
        mixup.Order(order);
        int length = _denseColumns + _targetLength;
        for (int worker = 0; worker < engine.ThreadCount; worker++)
            Reserve(ref _workerMemory[worker], length);
        MatrixView features = new(_dense.Span[..(_rows * _denseColumns)], _rows, _denseColumns), targets = new(_targets.Span[..(_rows * _targetLength)], _rows, _targetLength);
        engine.Run(
            new MixupJob(mixup, engine.Width, order, features, targets, _hasLabels ? _labels.AsSpan(0, _rows) : [], _workerMemory),
            engine.WorkersFor((long)_rows * (length + Tuning.ElementsOfMixedRow), Tuning.ElementGrain));
        return View();
    }

    private SampleBatch View()
    {
        var dense = new ReadOnlyMatrixView(_dense.Span[..(_rows * _denseColumns)], _rows, _denseColumns);
        return new()
        {
            Inputs = _sparseColumns == 0
                ? dense
                : new BatchView(dense, SparseRowsView.OfChecked(_offsets.AsSpan(0, _rows + 1), _columns, _values, _sparseColumns)),
            Labels = _hasLabels ? _labels.AsSpan(0, _rows) : [],
            Targets = _targetLength == 0 ? default : new ReadOnlyMatrixView(_targets.Span[..(_rows * _targetLength)], _rows, _targetLength),
            Weights = _hasWeights ? _weights.AsSpan(0, _rows) : [],
        };
    }

    private SampleBatch Borrow(SampleBatch memory)
    {
        ReadOnlyMatrixView dense = CopyUnlessContiguous(memory.Inputs.Dense, ref _dense);
        return new()
        {
            Inputs = memory.Inputs.IsDense ? dense : new BatchView(dense, memory.Inputs.Sparse),
            Labels = memory.Labels,
            Targets = CopyUnlessContiguous(memory.Targets, ref _targets),
            Weights = memory.Weights,
        };
    }

    private static ReadOnlyMatrixView CopyUnlessContiguous(ReadOnlyMatrixView source, ref AlignedBuffer buffer)
    {
        if (source.Rows == 0 || source.Columns == 0 || (source.ColumnStride == 1 && (source.RowStride == source.Columns || source.Rows == 1)))
            return source;
        var copy = new MatrixView(Reserve(ref buffer, checked(source.Rows * source.Columns)), source.Rows, source.Columns);
        for (int row = 0; row < source.Rows; row++)
        {
            Span<float> values = copy.Row(row);
            for (int column = 0; column < values.Length; column++)
                values[column] = source[row, column];
        }

        return copy;
    }

    /// <summary>
    /// Returns a buffer of at least a length. Its contents are lost if it grows. It doubles, because sparse batches differ in length.
    /// </summary>
    private static Span<T> Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new T[Math.Max(length, (int)Math.Min(2L * buffer.Length, Array.MaxLength))];
        return buffer.AsSpan(0, length);
    }

    private static Span<float> Reserve(ref AlignedBuffer buffer, int length)
    {
        if (buffer.Length < length)
            buffer = new AlignedBuffer(length);
        return buffer.Span[..length];
    }

    /// <summary>Gathers samples; the rows are divided among the workers.</summary>
    private readonly struct GatherJob(BatchBuffer buffer, Dataset dataset, Augmentation? augmentation, RandomSource random, int outputs, int? ignored) : IJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int worker, int workers)
        {
            var share = Section.Of(buffer._rows, 1, worker, workers);
            ReadOnlySpan<int> indices = buffer._indices.AsSpan(share.Start, share.Count);
            BatchDestination destination = Destination(share);
            dataset.Gather(indices, destination);
            Check(indices, destination);
            if (augmentation is null)
                return;
            for (int row = 0; row < share.Count; row++)
                Augment(augmentation, indices[row], destination.Features.Row(row), worker);
        }

        private BatchDestination Destination(Section share)
        {
            int dense = buffer._denseColumns, targets = buffer._targetLength;
            return new(new MatrixView(buffer._dense.Span.Slice(share.Start * dense, share.Count * dense), share.Count, dense))
            {
                Labels = buffer._hasLabels ? buffer._labels.AsSpan(share.Start, share.Count) : [],
                Targets = targets == 0
                    ? default
                    : new(buffer._targets.Span.Slice(share.Start * targets, share.Count * targets), share.Count, targets),
                Weights = buffer._hasWeights ? buffer._weights.AsSpan(share.Start, share.Count) : [],
                SparseOffsets = buffer._sparseColumns == 0 ? [] : buffer._offsets.AsSpan(share.Start, share.Count + 1),
                SparseColumns = buffer._columns,
                SparseValues = buffer._values,
            };
        }

        /// <summary>Checks the samples of each batch, because a user's data set can be wrong and its values are used as indices.</summary>
        private void Check(ReadOnlySpan<int> indices, in BatchDestination destination)
        {
            for (int row = 0; row < destination.Labels.Length; row++)
            {
                if ((uint)destination.Labels[row] >= (uint)outputs && destination.Labels[row] != ignored)
                    throw Labels.Outside(indices[row], destination.Labels[row], outputs);
            }

            for (int row = 0; row < destination.Weights.Length; row++)
                SampleWeights.ThrowIfInvalid(indices[row], destination.Weights[row]);
            for (int row = 0; destination.IsSparse && dataset is not SparseDataset && row < indices.Length; row++)
                SparseRowsView.ThrowIfColumnsWrong(destination.GetSparseColumns(row), buffer._sparseColumns, "sample", indices[row]);
        }

        private void Augment(Augmentation change, int index, Span<float> features, int worker)
        {
            Shape shape = dataset.SampleShape;
            Span<float> memory = Reserve(ref buffer._workerMemory[worker], checked(features.Length + change.ScratchLength(shape)));
            Span<float> original = memory[..features.Length];
            features.CopyTo(original);
            change.Apply(original, shape, features, random.Fork((ulong)index), memory[features.Length..]);
        }
    }
}
