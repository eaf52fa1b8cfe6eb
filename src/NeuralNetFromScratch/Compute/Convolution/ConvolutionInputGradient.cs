using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Computes the gradient of the input of a convolution, as the convolution of dY with the kernel rotated by 180°:
/// <c>dx[i, j, c] = Σ dy[p, q, f] · w[r, s, c, f]</c> over all windows (p, q) whose tap (r, s) is at (i, j), one chain in the order of p, q, f.
/// With stride n, the same taps reach every n-th position of dx. These positions are computed as a separate product, without the zeros that a
/// stride would insert between the rows of dY. Workers process rows of the input images.
/// </summary>
internal readonly unsafe ref struct ConvolutionInputGradient(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient) : IJob
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _outputGradient = outputGradient, _weights = weights;
    private readonly Span<float> _inputGradient = inputGradient;

    public void Run(int worker, int workers)
    {
        Section rows = Section.Of(_samples * _shape.Vertical.Input, 1, worker, workers);
        if (rows.Count == 0)
            return;
        fixed (float* dy = _outputGradient, w = _weights, dx = _inputGradient)
        {
            var kernel = new Kernel(_shape, rows, dy, w, dx, _engine.Space(worker), _engine.Width);
            SimdDispatch.Run(_engine.Width, ref kernel);
        }
    }

    private readonly ref struct Kernel(ConvolutionShape shape, Section rows, float* dy, float* w, float* dx, PackSpace space, SimdWidth width) : ISimdKernel
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
            var windows = new WindowsOfPlace(shape);
            PictureRows pictures = windows.Pictures(dy);
            // Only one product is computed at a time. The products share the memory, which is large enough for the largest one.
            PackArena start = arena;
            int slabRows = 1, places = 0;
            for (int phase = 0; phase < windows.Phases; phase++)
            {
                PackArena own = start;
                PatchProduct<TSimd> product = Product<TSimd>(windows, phase, ref own);
                slabRows = Math.Clamp(product.Rows / shape.Horizontal.Input, 1, rows.Count);
                places = slabRows * shape.Horizontal.Input;
                arena = own.Length > arena.Length ? own : arena;
            }

            nint* lanes = arena.Take<nint>(places + Blocking.MostTileColumns);
            float* copies = arena.Take<float>(pictures.CopyLength(windows.RowsOf(slabRows)));
            RowWindows* inside = arena.Take<RowWindows>(shape.Vertical.Input);
            float* sums = arena.Take<float>(windows.Phases > 1 ? checked(places * shape.GroupChannels) : 0);
            if (isCounting)
                return;

            for (int group = 0; group < shape.Groups; group++)
            {
                for (int phase = 0; phase < windows.Phases; phase++)
                {
                    PackArena own = start;
                    PatchProduct<TSimd> product = Product<TSimd>(windows, phase, ref own);
                    windows.AddTaps(ref product, phase, pictures.RowLength);
                    for (int i = 0; i < shape.Vertical.Input; i++)
                        inside[i] = windows.Inside(phase, i);
                    product.Pack(w + group * shape.GroupFilters, shape.Filters);
                    for (int row = rows.Start; row < rows.End; row += slabRows)
                    {
                        Section slab = new(row, Math.Min(slabRows, rows.End - row));
                        int count = windows.Locate(pictures, slab, phase, group * shape.GroupFilters, copies, lanes);
                        if (count == 0)
                            continue;
                        product.FillTile(lanes, count);
                        if (windows.Phases == 1)
                        {
                            float* c = dx + (nint)row * shape.Horizontal.Input * shape.Channels + group * shape.GroupChannels;
                            RunRows(ref product, inside, slab, lanes, c, shape.Channels);
                        }
                        else
                        {
                            RunRows(ref product, inside, slab, lanes, sums, shape.GroupChannels);
                            windows.Scatter(sums, slab, phase, dx + group * shape.GroupChannels);
                        }
                    }
                }
            }
        }

        /// <summary>
        /// Computes the positions of a phase in some rows. Rows whose windows are within dY in the same rows of the kernel form one product, so that
        /// rows of zeros are not multiplied.
        /// </summary>
        private void RunRows<TSimd>(scoped ref PatchProduct<TSimd> product, RowWindows* inside, Section rows, nint* lanes, float* c, nint cRow)
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = rows.Start; row < rows.End;)
            {
                Section steps = inside[row % shape.Vertical.Input].Steps;
                int places = 0;
                for (; row < rows.End && inside[row % shape.Vertical.Input] is var next && next.Steps == steps; row++)
                    places += next.Places;
                product.Run(lanes, places, steps, c, cRow, 0, default(StoreEpilogue));
                lanes += places;
                c += places * cRow;
            }
        }

        private PatchProduct<TSimd> Product<TSimd>(in WindowsOfPlace windows, int phase, scoped ref PackArena arena)
            where TSimd : struct, ISimd<TSimd>
        {
            int taps = windows.TapCount(phase);
            return new(shape.GroupChannels, taps * shape.GroupFilters, taps, sizeof(float), width, ref arena);
        }
    }
}
