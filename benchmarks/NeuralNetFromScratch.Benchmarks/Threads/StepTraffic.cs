using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Benchmarks.Threads;

/// <summary>
/// The bytes of a step that one core writes and another core reads: samples, outputs of layers, their gradients, those of the weights, and the weights. Products are
/// divided as the library divides them; layers other than dense ones by samples.
/// </summary>
internal sealed class StepTraffic
{
    private const int Shards = 8, DenseBlockRows = 12 * MetricAccumulator.ChunkRows;

    private readonly Engine _engine;
    private readonly Sequential _network;
    private readonly SharedMatrix[] _outputs, _gradients, _weights, _weightGradients;
    private double _bytes;

    private StepTraffic(Sequential network, Engine engine, bool ownsWeights)
    {
        (_network, _engine) = (network, engine);
        ChainNode[] nodes = network.Chain.Nodes;
        _outputs = [new(), .. nodes.Select(_ => new SharedMatrix())];
        _gradients = [new(), .. nodes.Select(_ => new SharedMatrix())];
        _weights = [.. nodes.Select(_ => new SharedMatrix())];
        _weightGradients = [.. nodes.Select(_ => new SharedMatrix())];
        if (ownsWeights)
            WriteWeights();
    }

    /// <summary>Bytes of a step.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batch">The number of samples.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="teams">The number of teams that divide eight shards; 0 without shards.</param>
    public static double Bytes(Sequential network, int batch, int threads, int teams)
    {
        int sets = Math.Max(teams, 1), shards = teams == 0 ? 1 : Shards / teams, parameters = network.Parameters.Values.Length;
        var traffic = new StepTraffic(network, new Engine(threads / sets, SimdWidths.Best, new SimulatedClock(default)), ownsWeights: teams < 2);
        for (int shard = 0; shard < shards; shard++)
            traffic.AddShard(teams == 0 ? batch : batch / Shards);
        if (teams < 2)
            return traffic._bytes + traffic.Update();
        // Each thread adds its share of the gradients of all teams, and then updates that share.
        return sets * traffic._bytes + (double)parameters * sizeof(float) * (sets - 1.0 * sets / threads);
    }

    private void AddShard(int samples)
    {
        int block = _network.Chain.BlockRows(DenseBlockRows);
        for (int start = 0; start < samples; start += block)
            AddBlock(Math.Min(block, samples - start));
    }

    private void AddBlock(int rows)
    {
        ChainNode[] nodes = _network.Chain.Nodes;
        int features = _network.InputShape.ElementCount;
        Rows(_outputs[0], rows, features, Tuning.GatherGrain);
        for (int i = 0; i < nodes.Length; i++)
            Forward(i, rows);
        ReadRows(_outputs[^1], rows, _network.OutputShape.ElementCount, Tuning.LossGrain);
        Rows(_gradients[^1], rows, _network.OutputShape.ElementCount, Tuning.LossGrain);
        for (int i = nodes.Length - 1; i >= 0; i--)
            Backward(i, rows);
    }

    private void Forward(int index, int rows)
    {
        ChainNode node = _network.Nodes[index];
        int inputs = node.InputShape.ElementCount, outputs = node.OutputShape.ElementCount;
        if (node.Layer is Dense)
            Multiply(rows, outputs, inputs, _outputs[index], false, _weights[index], false, _outputs[index + 1]);
        else
            BySamples(index, rows, _outputs[index], inputs, _outputs[index + 1], outputs);
    }

    private void Backward(int index, int rows)
    {
        ChainNode node = _network.Nodes[index];
        int inputs = node.InputShape.ElementCount, outputs = node.OutputShape.ElementCount;
        if (node.Layer is not Dense)
        {
            if (index > 0)
                BySamples(index, rows, _gradients[index + 1], outputs, _gradients[index], inputs);
            return;
        }

        // The derivative of the activation and the gradient of the bias go by columns.
        int workers = _engine.WorkersFor((long)rows * outputs, Tuning.ElementGrain);
        Each(workers, worker => Columns(rows, outputs, worker, workers), _outputs[index + 1], _gradients[index + 1]);
        _gradients[index + 1].Write(workers, worker => Columns(rows, outputs, worker, workers));
        Multiply(inputs, outputs, rows, _outputs[index], true, _gradients[index + 1], false, _weightGradients[index]);
        if (index > 0)
            Multiply(rows, inputs, outputs, _gradients[index + 1], false, _weights[index], true, _gradients[index]);
    }

    /// <summary>C = A·B, in the blocks of C that the library gives to each worker.</summary>
    private unsafe void Multiply(int rows, int columns, int depth, SharedMatrix a, bool isTransposedA, SharedMatrix b, bool isTransposedB, SharedMatrix c)
    {
        var operands = new GemmOperands
        {
            Rows = rows,
            Columns = columns,
            Depth = depth,
            ARow = isTransposedA ? 1 : depth,
            AColumn = isTransposedA ? rows : 1,
            BRow = isTransposedB ? 1 : columns,
            BColumn = isTransposedB ? depth : 1,
            CRow = columns,
            CColumn = 1,
        };
        GemmOperands ordered = Gemm.InBestOrder(operands, default, _engine.Width);
        bool isSwapped = ordered.CRow == 1;
        var grid = GemmGrid.For(ordered, _engine.Width, _engine.WorkersFor((long)rows * columns * depth, Tuning.ProductGrain));
        Each(grid.Parts, worker => Oriented(new(Block(worker).Rows, new Section(0, depth)), isTransposedA), a);
        Each(grid.Parts, worker => Oriented(new(new Section(0, depth), Block(worker).Columns), isTransposedB), b);
        c.Write(grid.Parts, Block);

        Area Block(int worker)
        {
            (Section first, Section second) = grid.Sections(ordered, _engine.Width, worker);
            return isSwapped ? new(second, first) : new(first, second);
        }
    }

    private static Area Oriented(Area area, bool isTransposed) => isTransposed ? new(area.Columns, area.Rows) : area;

    private void BySamples(int index, int rows, SharedMatrix input, int inputs, SharedMatrix output, int outputs)
    {
        int workers = Math.Min(_engine.ActiveThreads, rows);
        Each(workers, worker => SampleRows(rows, inputs, worker, workers), input);
        output.Write(workers, worker => SampleRows(rows, outputs, worker, workers));
        int weights = WeightLength(index);
        Each(workers, _ => new(new Section(0, 1), new Section(0, weights)), _weights[index]);
    }

    private void Rows(SharedMatrix matrix, int rows, int columns, int grain)
    {
        int workers = _engine.WorkersFor((long)rows * columns, grain);
        matrix.Write(workers, worker => SampleRows(rows, columns, worker, workers));
    }

    private void ReadRows(SharedMatrix matrix, int rows, int columns, int grain)
    {
        int workers = _engine.WorkersFor((long)rows * columns, grain);
        Each(workers, worker => SampleRows(rows, columns, worker, workers), matrix);
    }

    /// <summary>Counts what some workers read of matrices.</summary>
    private void Each(int workers, Func<int, Area> area, params ReadOnlySpan<SharedMatrix> matrices)
    {
        foreach (SharedMatrix matrix in matrices)
        {
            for (int worker = 0; worker < workers; worker++)
                _bytes += sizeof(float) * matrix.Read(worker, area(worker));
        }
    }

    private void WriteWeights()
    {
        int workers = _engine.WorkersFor(_network.Parameters.Values.Length, Tuning.UpdateGrain);
        for (int i = 0; i < _weights.Length; i++)
        {
            int index = i;
            _weights[i].Write(workers, worker => UpdateShare(index, worker, workers));
        }
    }

    /// <summary>Bytes of the gradients that the update reads.</summary>
    private double Update()
    {
        double before = _bytes;
        int workers = _engine.WorkersFor(_network.Parameters.Values.Length, Tuning.UpdateGrain);
        for (int i = 0; i < _weights.Length; i++)
        {
            int index = i;
            Each(workers, worker => UpdateShare(index, worker, workers), _weightGradients[i]);
        }

        (double update, _bytes) = (_bytes - before, before);
        return update;
    }

    /// <summary>The rows of a weight that a worker updates: it gets a contiguous share of all parameters.</summary>
    private Area UpdateShare(int index, int worker, int workers)
    {
        int length = WeightLength(index);
        if (length == 0)
            return default;
        Parameter weight = _network.Parameters[_network.Nodes[index].FirstParameter];
        int columns = _network.Nodes[index].Layer is Dense ? weight.Shape[^1] : length;
        Section share = Section.Of(_network.Parameters.Values.Length, AlignedMemory.Alignment, worker, workers).Intersect(new Section(weight.Offset, length));
        int first = Math.Max(share.Start - weight.Offset, 0);
        return _network.Nodes[index].Layer is Dense
            ? new(new Section(first / columns, share.Count / columns), new Section(0, columns))
            : new(new Section(0, 1), new Section(first, share.Count));
    }

    private int WeightLength(int index) =>
        _network.Nodes[index].ParameterCount == 0 ? 0 : _network.Parameters[_network.Nodes[index].FirstParameter].Shape.ElementCount;

    private static Area SampleRows(int rows, int columns, int worker, int workers) => new(Section.Of(rows, 1, worker, workers), new Section(0, columns));

    private static Area Columns(int rows, int columns, int worker, int workers) => new(new Section(0, rows), Section.Of(columns, AlignedMemory.Alignment, worker, workers));
}

/// <summary>A block of a matrix.</summary>
internal readonly record struct Area(Section Rows, Section Columns)
{
    public double Count => (double)Rows.Count * Columns.Count;

    public Area Intersect(Area other) => new(Rows.Intersect(other.Rows), Columns.Intersect(other.Columns));
}

/// <summary>A matrix of which each worker has written a block, and what each worker has read since.</summary>
internal sealed class SharedMatrix
{
    private Area[] _written = [], _read = [];

    /// <summary>Each worker writes a block; what the others have of it in their caches is void.</summary>
    public void Write(int workers, Func<int, Area> area)
    {
        _written = [.. Enumerable.Range(0, workers).Select(area)];
        _read = new Area[Math.Max(_read.Length, workers)];
    }

    /// <summary>Returns how many elements of a block another worker wrote last, if this one has not read the block since.</summary>
    public double Read(int worker, Area area)
    {
        if (_read.Length <= worker)
            Array.Resize(ref _read, worker + 1);
        if (area.Count == 0 || _read[worker] == area)
            return 0;
        _read[worker] = area;
        return area.Count - (worker < _written.Length ? _written[worker].Intersect(area).Count : 0);
    }
}
