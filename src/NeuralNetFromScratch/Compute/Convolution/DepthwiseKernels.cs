using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>The taps of a depthwise convolution in the order of their sum.</summary>
/// <param name="patches">Memory for the offset of each tap in a patch, in bytes.</param>
/// <param name="weights">Memory for the offset of each tap in the weights, in bytes.</param>
internal unsafe struct DepthwiseTaps(nint* patches, nint* weights) : ITapSteps
{
    public readonly nint* Patches => patches;

    public readonly nint* Weights => weights;

    public int Count { get; private set; }

    public void AddSteps(nint patch, nint weight, int count)
    {
        patches[Count] = patch;
        weights[Count++] = weight;
    }

    public void Clear() => Count = 0;
}

/// <summary>
/// Depthwise convolution with channels in the lanes. Each register of a tap is loaded, multiplied by the corresponding register of the weights, and added.
/// </summary>
internal static unsafe class DepthwiseKernels<TSimd>
    where TSimd : struct, ISimd<TSimd>
{
    /// <summary>Computes one row of positions: <c>y[position, c] = Σ x[position + tap, c] · w[tap, c]</c>.</summary>
    /// <param name="patch">The address of the patch of the first position.</param>
    /// <param name="patchStep">The number of bytes from the patch of one position to that of the next.</param>
    /// <param name="taps">The taps.</param>
    /// <param name="w">The weights.</param>
    /// <param name="y">The output of the first position.</param>
    /// <param name="yStep">The number of floats from the output of one position to that of the next.</param>
    /// <param name="places">The number of positions.</param>
    /// <param name="channels">The number of channels.</param>
    public static void Row(nint patch, nint patchStep, in DepthwiseTaps taps, float* w, float* y, nint yStep, int places, int channels)
    {
        int channel = 0;
        for (; channel <= channels - TSimd.Width; channel += TSimd.Width)
            Row<AllLanes>(patch, patchStep, taps, w, y, yStep, places, channel, TSimd.Width);
        if (channel < channels)
            Row<SomeLanes>(patch, patchStep, taps, w, y, yStep, places, channel, channels - channel);
    }

    /// <summary>Processes some rows of positions: <c>dw[tap, c] += Σ x[position + tap, c] · dy[position, c]</c>.</summary>
    /// <param name="patches">The addresses of the patches of the positions, one strip for each row.</param>
    /// <param name="taps">The taps.</param>
    /// <param name="dy">The gradient of the first position; those of the other positions follow.</param>
    /// <param name="dw">The sums, which continue from the existing values.</param>
    /// <param name="channels">The number of channels.</param>
    public static void WeightGradient(in StripList patches, in DepthwiseTaps taps, float* dy, float* dw, int channels)
    {
        int channel = 0;
        for (; channel <= channels - TSimd.Width; channel += TSimd.Width)
            WeightGradient<AllLanes>(patches, taps, dy, dw, channels, channel, TSimd.Width);
        if (channel < channels)
            WeightGradient<SomeLanes>(patches, taps, dy, dw, channels, channel, channels - channel);
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void Row<TLanes>(
        nint patch, nint patchStep, in DepthwiseTaps taps, float* w, float* y, nint yStep, int places, int channel, int available)
        where TLanes : struct, ILanes
    {
        nint* patches = taps.Patches, weights = taps.Weights;
        byte* weight = (byte*)(w + channel);
        nint x = patch + channel * sizeof(float);
        int count = taps.Count, place = 0;
        y += channel;
        for (; place <= places - 4; place += 4, x += 4 * patchStep, y += 4 * yStep)
        {
            TSimd y0 = TSimd.Zero, y1 = TSimd.Zero, y2 = TSimd.Zero, y3 = TSimd.Zero;
            for (int tap = 0; tap < count; tap++)
            {
                TSimd factor = TLanes.Load<TSimd>((float*)(weight + weights[tap]), available);
                byte* at = (byte*)(x + patches[tap]);
                TSimd.AddProduct(ref y0, TLanes.Load<TSimd>((float*)at, available), factor);
                TSimd.AddProduct(ref y1, TLanes.Load<TSimd>((float*)(at + patchStep), available), factor);
                TSimd.AddProduct(ref y2, TLanes.Load<TSimd>((float*)(at + 2 * patchStep), available), factor);
                TSimd.AddProduct(ref y3, TLanes.Load<TSimd>((float*)(at + 3 * patchStep), available), factor);
            }

            TLanes.Store(y0, y, available);
            TLanes.Store(y1, y + yStep, available);
            TLanes.Store(y2, y + 2 * yStep, available);
            TLanes.Store(y3, y + 3 * yStep, available);
        }

        for (; place < places; place++, x += patchStep, y += yStep)
        {
            TSimd y0 = TSimd.Zero;
            for (int tap = 0; tap < count; tap++)
                TSimd.AddProduct(ref y0, TLanes.Load<TSimd>((float*)(x + patches[tap]), available), TLanes.Load<TSimd>((float*)(weight + weights[tap]), available));
            TLanes.Store(y0, y, available);
        }
    }

    [MethodImpl(HotPath.CompileOnce)]
    private static void WeightGradient<TLanes>(in StripList patches, in DepthwiseTaps taps, float* dy, float* dw, int channels, int channel, int available)
        where TLanes : struct, ILanes
    {
        byte* sums = (byte*)(dw + channel);
        int tap = 0;
        for (; tap <= taps.Count - 9; tap += 9)
            AddNine<TLanes>(patches, taps.Patches + tap, taps.Weights + tap, dy + channel, sums, channels, channel, available);
        for (; tap <= taps.Count - 3; tap += 3)
        {
            float* sum0 = (float*)(sums + taps.Weights[tap]), sum1 = (float*)(sums + taps.Weights[tap + 1]), sum2 = (float*)(sums + taps.Weights[tap + 2]);
            nint tap0 = taps.Patches[tap], tap1 = taps.Patches[tap + 1], tap2 = taps.Patches[tap + 2];
            TSimd w0 = TLanes.Load<TSimd>(sum0, available), w1 = TLanes.Load<TSimd>(sum1, available), w2 = TLanes.Load<TSimd>(sum2, available);
            float* gradient = dy + channel;
            for (int row = 0; row < patches.Count; row++)
            {
                nint x = patches.Items[row].Offset + channel * sizeof(float);
                for (int place = patches.Items[row].Count; place > 0; place--, x += patches.Step, gradient += channels)
                {
                    TSimd factor = TLanes.Load<TSimd>(gradient, available);
                    TSimd.AddProduct(ref w0, TLanes.Load<TSimd>((float*)(x + tap0), available), factor);
                    TSimd.AddProduct(ref w1, TLanes.Load<TSimd>((float*)(x + tap1), available), factor);
                    TSimd.AddProduct(ref w2, TLanes.Load<TSimd>((float*)(x + tap2), available), factor);
                }
            }

            TLanes.Store(w0, sum0, available);
            TLanes.Store(w1, sum1, available);
            TLanes.Store(w2, sum2, available);
        }

        for (; tap < taps.Count; tap++)
        {
            float* sum = (float*)(sums + taps.Weights[tap]), gradient = dy + channel;
            TSimd w0 = TLanes.Load<TSimd>(sum, available);
            for (int row = 0; row < patches.Count; row++)
            {
                nint x = patches.Items[row].Offset + channel * sizeof(float) + taps.Patches[tap];
                for (int place = patches.Items[row].Count; place > 0; place--, x += patches.Step, gradient += channels)
                    TSimd.AddProduct(ref w0, TLanes.Load<TSimd>((float*)x, available), TLanes.Load<TSimd>(gradient, available));
            }

            TLanes.Store(w0, sum, available);
        }
    }

    /// <summary>Processes nine taps, those of a 3 × 3 kernel. Nine sums are enough to keep two multipliers busy.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    private static void AddNine<TLanes>(in StripList patches, nint* taps, nint* weights, float* dy, byte* sums, int channels, int channel, int available)
        where TLanes : struct, ILanes
    {
        nint t0 = taps[0], t1 = taps[1], t2 = taps[2], t3 = taps[3], t4 = taps[4], t5 = taps[5], t6 = taps[6], t7 = taps[7], t8 = taps[8];
        TSimd w0 = Load(0), w1 = Load(1), w2 = Load(2), w3 = Load(3), w4 = Load(4), w5 = Load(5), w6 = Load(6), w7 = Load(7), w8 = Load(8);
        for (int row = 0; row < patches.Count; row++)
        {
            nint x = patches.Items[row].Offset + channel * sizeof(float);
            for (int place = patches.Items[row].Count; place > 0; place--, x += patches.Step, dy += channels)
            {
                TSimd factor = TLanes.Load<TSimd>(dy, available);
                TSimd.AddProduct(ref w0, TLanes.Load<TSimd>((float*)(x + t0), available), factor);
                TSimd.AddProduct(ref w1, TLanes.Load<TSimd>((float*)(x + t1), available), factor);
                TSimd.AddProduct(ref w2, TLanes.Load<TSimd>((float*)(x + t2), available), factor);
                TSimd.AddProduct(ref w3, TLanes.Load<TSimd>((float*)(x + t3), available), factor);
                TSimd.AddProduct(ref w4, TLanes.Load<TSimd>((float*)(x + t4), available), factor);
                TSimd.AddProduct(ref w5, TLanes.Load<TSimd>((float*)(x + t5), available), factor);
                TSimd.AddProduct(ref w6, TLanes.Load<TSimd>((float*)(x + t6), available), factor);
                TSimd.AddProduct(ref w7, TLanes.Load<TSimd>((float*)(x + t7), available), factor);
                TSimd.AddProduct(ref w8, TLanes.Load<TSimd>((float*)(x + t8), available), factor);
            }
        }

        TLanes.Store(w0, Place(0), available);
        TLanes.Store(w1, Place(1), available);
        TLanes.Store(w2, Place(2), available);
        TLanes.Store(w3, Place(3), available);
        TLanes.Store(w4, Place(4), available);
        TLanes.Store(w5, Place(5), available);
        TLanes.Store(w6, Place(6), available);
        TLanes.Store(w7, Place(7), available);
        TLanes.Store(w8, Place(8), available);

        float* Place(int tap) => (float*)(sums + weights[tap]);

        TSimd Load(int tap) => TLanes.Load<TSimd>(Place(tap), available);
    }
}
