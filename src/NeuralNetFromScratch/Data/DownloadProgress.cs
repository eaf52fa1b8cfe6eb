namespace NeuralNetFromScratch;

/// <summary>Where a download stands.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="FileNumber">Its number, from 1.</param>
/// <param name="FileCount">How many files there are.</param>
/// <param name="BytesReceived">Bytes of this file so far.</param>
/// <param name="TotalBytes">Bytes of this file, where the server says.</param>
public readonly record struct DownloadProgress(string File, int FileNumber, int FileCount, long BytesReceived, long? TotalBytes);
