using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Computes the gradient of a convolution's weights:
/// <c>dw[r, s, c, f] = Σ x[i·stride + r·dilation − top, j·stride + s·dilation − left, c] · dy[i, j, f]</c>. The sum is long and the result small:
/// each chunk of <see cref="ConvolutionShape.ChunkSamples"/> samples has its own chain, in the order of samples, i, j. Workers process chunks, or
/// rows of dw if there are few chunks.
/// </summary>
/// <param name="engine">The engine whose registers and memory are used.</param>
/// <param name="shape">The convolution.</param>
/// <param name="samples">The number of samples.</param>
/// <param name="rowParts">The number of parts into which the rows of dw are divided; it changes no bits.</param>
/// <param name="input">x.</param>
/// <param name="outputGradient">dy.</param>
/// <param name="sums">Receives dw for each chunk, one after another.</param>
/// <param name="accumulate">Whether the sums continue from the existing values.</param>
internal readonly unsafe ref struct ConvolutionWeightGradient(
    Engine engine,
    ConvolutionShape shape,
    int samples,
    int rowParts,
    ReadOnlySpan<float> input,
    ReadOnlySpan<float> outputGradient,
    Span<float> sums,
    bool accumulate) : IJob
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples, _rowParts = rowParts;
    private readonly ReadOnlySpan<float> _input = input, _outputGradient = outputGradient;
    private readonly Span<float> _sums = sums;
    private readonly bool _accumulate = accumulate;

    public void Run(int worker, int workers)
    {
        Section units = Section.Of(_shape.Chunks(_samples) * _rowParts, 1, worker, workers);
        fixed (float* x = _input, dy = _outputGradient, dw = _sums)
        {
            for (int unit = units.Start; unit < units.End; unit++)
            {
                int chunk = unit / _rowParts, first = chunk * _shape.ChunkSamples;
                Section chunkSamples = new(first, Math.Min(_shape.ChunkSamples, _samples - first));
                Section rows = Section.Of(_shape.Depth, Tuning.Blocking(_engine.Width).TileRows, unit % _rowParts, _rowParts);
                var kernel = new Kernel(
                    _shape, chunkSamples, rows, x, dy, dw + (nint)chunk * _shape.WeightCount, _accumulate, _engine.Space(worker), _engine.Width);
                SimdDispatch.Run(_engine.Width, ref kernel);
            }
        }
    }

    private readonly ref struct Kernel(
        ConvolutionShape shape, Section samples, Section weightRows, float* x, float* dy, float* dw, bool accumulate, PackSpace space, SimdWidth width)
        : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            var counted = new PackArena(null);
            Run<TSimd>(ref counted, isCounting: true);
            var arena = new PackArena(space.Reserve(counted.Length));
            Run<TSimd>(ref arena, isCounting: false);
        }

        [MethodImpl(HotPath.CompileOnce)]
        private void Run<TSimd>(scoped ref PackArena arena, bool isCounting)
            where TSimd : struct, ISimd<TSimd>
        {
            WindowAxis vertical = shape.Vertical, horizontal = shape.Horizontal;
            PictureRows pictures = Patches.Pictures(shape, x);
            int steps = Tuning.Blocking(width).Depth, rows = samples.Count * vertical.Output;
            int slabRows = Math.Clamp(steps / horizontal.Output, 1, rows), places = slabRows * horizontal.Output;
            GemmPlan plan = new(
                new GemmOperands { Rows = weightRows.Count, Columns = shape.GroupFilters, Depth = places, BColumn = 1 }, default, width);
            int columns = (shape.GroupFilters - 1 + plan.TileColumns) / plan.TileColumns * plan.TileColumns;
            float* packed = arena.Take<float>(checked(columns * places));
            nint* lanes = arena.Take<nint>(weightRows.Count + Blocking.MostTileColumns);
            nint step = (nint)horizontal.Stride * shape.Channels * sizeof(float);
            StripList strips = new(arena.Take<Strip>(slabRows), step);
            StripList taps = new(arena.Take<Strip>(shape.Taps), sizeof(float)), some = new(arena.Take<Strip>(shape.Taps), sizeof(float));
            float* copies = arena.Take<float>(pictures.CopyLength(checked(slabRows * (vertical.Stride + vertical.Extent))));
            if (isCounting || weightRows.Count == 0)
                return;

            for (int tap = 0; tap < shape.Taps; tap++)
                taps.Add(Patches.TapPlace(shape, pictures, tap) * sizeof(float), shape.GroupChannels);

            taps.CopyTo(ref some, weightRows);
            some.Expand(lanes);
            PatchPanels.FillTile(lanes, weightRows.Count, plan.TileRows);

            for (int group = 0; group < shape.Groups; group++)
            {
                var block = new GemmOperands
                {
                    Rows = weightRows.Count,
                    Columns = shape.GroupFilters,
                    C = dw + (nint)weightRows.Start * shape.Filters + group * shape.GroupFilters,
                    CRow = shape.Filters,
                    CColumn = 1,
                };
                int firstRow = samples.Start * vertical.Output;
                for (int start = 0; start < rows; start += slabRows)
                {
                    Section slab = new(firstRow + start, Math.Min(slabRows, rows - start));
                    strips.Clear();
                    Patches.Locate(shape, pictures, slab, group * shape.GroupChannels, copies, ref strips);
                    block.Depth = slab.Count * horizontal.Output;
                    float* gradient = dy + (nint)slab.Start * horizontal.Output * shape.Filters + group * shape.GroupFilters;
                    Packing<TSimd>.Pack(gradient, shape.GroupFilters, 1, block.Depth, shape.Filters, plan.TileColumns, packed);
                    GemmLoops<TSimd>.RunBlock<PatchSteps, PatchPanels>(
                        block, accumulate || start > 0, plan, new PatchPanels(lanes, strips), Panels.Packed(packed, plan.TileColumns, block.Depth), default);
                }
            }
        }
    }
}

/// <summary>Partial sums that are added in a binary tree, element by element.</summary>
internal static unsafe class PartialSums
{
    /// <summary>Adds parts, which are overwritten, and stores the sum or adds it to the destination.</summary>
    /// <param name="engine">The engine whose workers and registers are used.</param>
    /// <param name="parts">The parts, one after another, each as long as the destination.</param>
    /// <param name="destination">Receives the sum.</param>
    /// <param name="accumulate">Whether to add to the destination.</param>
    public static void Add(Engine engine, Span<float> parts, Span<float> destination, bool accumulate) =>
        engine.Run(new Job(engine.Width, parts, destination, accumulate), engine.WorkersFor(parts.Length, Tuning.UpdateGrain));

    private readonly ref struct Job(SimdWidth width, Span<float> parts, Span<float> destination, bool accumulate) : IJob
    {
        private readonly Span<float> _parts = parts, _destination = destination;
        private readonly SimdWidth _width = width;
        private readonly bool _accumulate = accumulate;

        public void Run(int worker, int workers)
        {
            Section elements = Section.Of(_destination.Length, AlignedMemory.Alignment, worker, workers);
            fixed (float* part = _parts, to = _destination)
            {
                var kernel = new Kernel(part + elements.Start, _destination.Length, _parts.Length / _destination.Length, to + elements.Start, elements.Count, _accumulate);
                SimdDispatch.Run(_width, ref kernel);
            }
        }
    }

    private readonly struct Kernel(float* parts, nint partLength, int count, float* to, int length, bool accumulate) : ISimdKernel
    {
        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int stride = 1; stride < count; stride *= 2)
            {
                for (int part = 0; part + stride < count; part += 2 * stride)
                    Add<TSimd>(parts + part * partLength, parts + (part + stride) * partLength, parts + part * partLength);
            }

            if (accumulate)
                Add<TSimd>(to, parts, to);
            else
                new Span<float>(parts, length).CopyTo(new Span<float>(to, length));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Add<TSimd>(float* left, float* right, float* sum)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int i = 0; i < length; i += TSimd.Width)
            {
                TSimd both = PartialVector.Load<TSimd>(left + i, length - i) + PartialVector.Load<TSimd>(right + i, length - i);
                PartialVector.Store(both, sum + i, length - i);
            }
        }
    }
}
