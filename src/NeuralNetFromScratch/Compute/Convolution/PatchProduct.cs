using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Receives the steps of a convolution's sum in their order.</summary>
internal interface ITapSteps
{
    /// <summary>Adds steps of k that are adjacent in the patches.</summary>
    /// <param name="patch">The offset of the first step in a patch, in bytes.</param>
    /// <param name="weight">The offset of the first step in a column of the weights, in bytes.</param>
    /// <param name="count">The number of steps.</param>
    void AddSteps(nint patch, nint weight, int count);
}

/// <summary>
/// The product of patches and a matrix of weights: C[position, column] = Σ patch[position, k] · W[k, column]. Each element is one chain of multiply-adds in the order
/// of k. The weights are packed once. The patches of blocks of positions are read in place.
/// </summary>
/// <typeparam name="TSimd">The type of the registers.</typeparam>
internal unsafe struct PatchProduct<TSimd> : ITapSteps
    where TSimd : struct, ISimd<TSimd>
{
    private readonly GemmPlan _plan;
    private readonly int _depth;
    private readonly int _columns;
    private readonly float* _packed;
    private StripList _steps;
    private StripList _weightSteps;
    private StripList _block;

    /// <param name="columns">The number of columns of C.</param>
    /// <param name="depth">The number of steps of k.</param>
    /// <param name="taps">The maximum number of strips in which steps are added.</param>
    /// <param name="weightStep">The number of bytes from one step to the next in a strip of the weights.</param>
    /// <param name="width">The register width.</param>
    /// <param name="arena">The memory for the packed weights and the lists of steps.</param>
    public PatchProduct(int columns, int depth, int taps, nint weightStep, SimdWidth width, ref PackArena arena)
    {
        // The plan is that of a product with more rows than one block.
        _plan = new GemmPlan(new GemmOperands { Rows = int.MaxValue / 2, Columns = columns, Depth = depth, BColumn = 1 }, default, width);
        _depth = depth;
        _columns = columns;
        _packed = arena.Take<float>(checked((columns - 1 + _plan.TileColumns) / _plan.TileColumns * _plan.TileColumns * depth));
        _steps = new StripList(arena.Take<Strip>(taps), sizeof(float));
        _weightSteps = new StripList(arena.Take<Strip>(taps), weightStep);
        _block = new StripList(arena.Take<Strip>(taps), sizeof(float));
    }

    /// <summary>The number of positions in a block.</summary>
    public readonly int Rows => _plan.Rows;

    /// <inheritdoc/>
    public void AddSteps(nint patch, nint weight, int count)
    {
        _steps.Add(patch, count);
        _weightSteps.Add(weight, count);
    }

    /// <summary>Packs the weights. All steps must have been added before.</summary>
    /// <param name="weights">The first column.</param>
    /// <param name="columnStride">The number of floats from one column to the next.</param>
    public void Pack(float* weights, nint columnStride)
    {
        float* panels = _packed;
        StripList block = new(_block.Items, _weightSteps.Step);
        for (int number = 0; number < _plan.DepthBlocks; number++)
        {
            Section k = Section.Of(_depth, 1, number, _plan.DepthBlocks);
            _weightSteps.CopyTo(ref block, k);
            for (int column = 0; column < _columns; column += _plan.TileColumns, panels += (nint)_plan.TileColumns * k.Count)
            {
                float* to = panels;
                for (int i = 0; i < block.Count; to += (nint)_plan.TileColumns * block.Items[i].Count, i++)
                {
                    float* from = weights + block.Items[i].Offset / sizeof(float) + column * columnStride;
                    Packing<TSimd>.Pack(
                        from, Math.Min(_plan.TileColumns, _columns - column), columnStride, block.Items[i].Count, block.Step / sizeof(float), _plan.TileColumns, to);
                }
            }
        }
    }

    /// <summary>Completes the last tile of some positions.</summary>
    /// <param name="lanes">The address of the patch of each position, with space for the addresses of one additional tile.</param>
    /// <param name="rows">The number of positions.</param>
    public readonly void FillTile(nint* lanes, int rows) => PatchPanels.FillTile(lanes, rows, _plan.TileRows);

    /// <summary>Computes a block of C.</summary>
    /// <param name="lanes">
    /// The address of the patch of each position, with additional addresses that complete the last tile. Their patches are read, but their sums are not used.
    /// </param>
    /// <param name="rows">The number of positions.</param>
    /// <param name="steps">The steps of k to compute; the patches have zeros in the other steps.</param>
    /// <param name="c">The block's first element.</param>
    /// <param name="cRow">The number of floats from one row of C to the next.</param>
    /// <param name="firstColumn">The column of the whole matrix C at which the block starts, for the epilogue.</param>
    /// <param name="epilogue">The operation on the finished sums.</param>
    [MethodImpl(HotPath.CompileOnce)]
    public void Run<TEpilogue>(nint* lanes, int rows, Section steps, float* c, nint cRow, int firstColumn, scoped TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        var block = new GemmOperands { Rows = rows, Columns = _columns, Depth = _depth, C = c, CRow = cRow, CColumn = 1, FirstColumn = firstColumn };
        if (_plan.DepthBlocks == 1)
        {
            _steps.CopyTo(ref _block, steps);
            RunTiles(block with { Depth = steps.Count }, steps.Start, lanes, epilogue);
            return;
        }

        float* panels = _packed;
        bool accumulate = false;
        for (int number = 0; number < _plan.DepthBlocks; number++)
        {
            Section k = Section.Of(_depth, 1, number, _plan.DepthBlocks), counted = k.Intersect(steps);
            if (counted.Count > 0 || (number == _plan.DepthBlocks - 1 && !accumulate))
            {
                _steps.CopyTo(ref _block, counted);
                block.Depth = counted.Count;
                Panels weights = Panels.Packed(panels, _plan.TileColumns, k.Count, counted.Start - k.Start);
                GemmLoops<TSimd>.RunBlock<PatchSteps, PatchPanels>(block, accumulate, _plan, new PatchPanels(lanes, _block), weights, default);
                accumulate = true;
            }

            panels += (nint)_plan.TileColumns * ((_columns - 1 + _plan.TileColumns) / _plan.TileColumns) * k.Count;
        }

        epilogue.Apply<TSimd>(block);
    }

    /// <summary>
    /// Computes the tiles of a block whose steps of k form one block. Usually there are few steps, so that a second pass over C would take noticeable time. Therefore
    /// each tile is computed in a buffer, and the epilogue writes from the buffer to C.
    /// </summary>
    [SkipLocalsInit]
    [MethodImpl(HotPath.CompileOnce)]
    private readonly void RunTiles<TEpilogue>(in GemmOperands block, int firstStep, nint* lanes, scoped TEpilogue epilogue)
        where TEpilogue : struct, IEpilogue, allows ref struct
    {
        float* buffer = stackalloc float[Blocking.MostTileElements + AlignedMemory.Alignment], sums = AlignedMemory.Align(buffer);
        Tile tile = new() { C = sums, CRow = _plan.TileColumns, BStep = _plan.TileColumns };
        PatchPanels a = new(lanes, _block);
        GemmOperands part = block;
        for (int column = 0; column < _columns; column += _plan.TileColumns)
        {
            tile.B = _packed + (nint)column * _depth + (nint)firstStep * _plan.TileColumns;
            part.Columns = Math.Min(_plan.TileColumns, _columns - column);
            part.FirstColumn = block.FirstColumn + column;
            for (int row = 0; row < block.Rows; row += _plan.TileRows)
            {
                part.Rows = Math.Min(_plan.TileRows, block.Rows - row);
                part.C = block.C + row * block.CRow + column;
                a.Locate(row, ref tile);
                GemmLoops<TSimd>.RunTile<PatchSteps>(tile, part.Rows, part.Columns);
                epilogue.Write<TSimd>(part, sums, _plan.TileColumns);
            }
        }
    }
}
